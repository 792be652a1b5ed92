/** Requested part of a list. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** A part of a list, and the number of all entries. */
export interface Sliced<T> {
  readonly count: number;
  readonly entries: readonly T[];
}

/** By which field a list is ordered. */
export interface Ordering<Field extends string> {
  readonly field: Field;
  readonly direction: Direction;
}

/** As SQL writes it. */
export type Direction = 'asc' | 'desc';

/**
 * Reads a slice of a list from whichever end is nearer, since a database passes every row before
 * the offset: the last page costs what the first one does. `count` and the rows have to come from
 * one snapshot, or else a row that is added meanwhile pushes another one out of sight.
 * @param read reads the list in the direction that it is given
 */
export async function readFromNearerEnd<Row>(
  { limit, offset }: Slice,
  count: number,
  direction: Direction,
  read: (direction: Direction, slice: Slice) => Promise<Row[]>,
): Promise<Row[]> {
  const length = Math.min(limit, count - offset);
  if (length <= 0) {
    return [];
  }
  const behind = count - offset - length;
  if (behind >= offset) {
    return read(direction, { limit: length, offset });
  }
  const rows = await read(direction === 'asc' ? 'desc' : 'asc', { limit: length, offset: behind });
  return rows.reverse();
}
