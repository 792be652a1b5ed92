import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';

/** Requested part of a list. */
export interface Slice {
  readonly limit: number;
  /** Number of rows before it; ignored if the list can begin at the position. */
  readonly offset: number;
  readonly position?: Position | undefined;
  /** Number of all entries that was counted for a page before, if counting again would take long. */
  readonly counted?: Counted | undefined;
}

/** Number of all entries of a list at some time. */
export interface Counted {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Position beside a row of an ordered list, which holds after the row is gone, too. */
export interface Position {
  readonly side: 'before' | 'after';
  /** Values of the row in the columns of the order. */
  readonly values: readonly string[];
}

/** Part of a list. */
export interface Part<T> {
  readonly entries: readonly T[];
  /** Position of the rows that follow; true if they are found by their offset, false if none follow. */
  readonly next: Position | boolean;
  /** The same of the rows before it. */
  readonly previous: Position | boolean;
}

/** A part of a list, and the number of all entries. */
export type Sliced<T> = Part<T> & { readonly count: number };

/** By which field a list is ordered. */
export interface Ordering<Field extends string> {
  readonly field: Field;
  readonly direction: Direction;
}

/** As SQL writes it. */
export type Direction = 'asc' | 'desc';

/** Order of rows. Together, the columns are unique and not null. */
export interface Order {
  readonly by: Readonly<Record<string, keyof typeof TYPES>>;
  readonly direction: Direction;
}

/** Types of ordered columns, and their values as text. */
const TYPES = {
  text: { accepts: (value: string) => !value.includes('\0'), ...castTo('text') },
  uuid: { accepts: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), ...castTo('uuid') },
  bigint: { accepts: matches(/^[0-9]{1,18}$/), ...castTo('bigint') },
  /** In microseconds, which a `Date` does not have. */
  time: {
    accepts: matches(/^-?[0-9]{1,16}$/),
    write: (column: RawBuilder<unknown>) => sql`(extract(epoch from ${column}) * 1000000)::bigint`,
    read: (value: string) =>
      sql`'epoch'::timestamptz + ${value}::bigint * interval '1 microsecond'`,
  },
};

function matches(pattern: RegExp) {
  return (value: string) => pattern.test(value);
}

function castTo(type: string) {
  return {
    write: (column: RawBuilder<unknown>) => column,
    read: (value: string) => sql`${value}::${sql.raw(type)}`,
  };
}

/**
 * Reads a slice of rows. From a position, an index over the columns of the order leads to the slice,
 * wherever it is. The rows before an offset are passed in that index, from the nearer end of the list.
 * @param rows selects all rows, without an order
 * @param count number of rows in the same snapshot, or undefined if it is not known
 */
export async function readSlice<
  DB,
  TB extends keyof DB,
  Row,
  Count extends number | undefined = undefined,
>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  slice: Slice,
  order: Order,
  count: Count,
): Promise<Part<Row> & { count: Count }> {
  const { limit, position } = slice;
  const part =
    position !== undefined && fits(position, order)
      ? await readBeside(rows, limit, order, position)
      : await readAtOffset(rows, slice, order, count);
  return { ...part, count };
}

async function readAtOffset<DB, TB extends keyof DB, Row>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  { limit, offset }: Slice,
  order: Order,
  count: number | undefined,
): Promise<Part<Row>> {
  if (count === undefined) {
    const found = await read(rows, order, { limit: limit + 1, offset });
    return partOf(found.slice(0, limit), { next: found.length > limit, previous: offset > 0 });
  }
  const length = Math.min(limit, count - offset);
  if (length <= 0) {
    return { entries: [], next: false, previous: offset > 0 };
  }
  const behind = count - offset - length;
  const found =
    behind >= offset
      ? await read(rows, order, { limit: length, offset })
      : (await read(rows, reverse(order), { limit: length, offset: behind })).reverse();
  return partOf(found, { next: behind > 0, previous: offset > 0 });
}

function fits({ values }: Position, { by }: Order): boolean {
  const types = Object.values(by);
  return (
    values.length === types.length &&
    types.every((type, index) => TYPES[type].accepts(values[index] ?? ''))
  );
}

async function readBeside<DB, TB extends keyof DB, Row>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  limit: number,
  order: Order,
  { side, values }: Position,
): Promise<Part<Row>> {
  const onward = side === 'after' ? order : reverse(order);
  const ends = Object.values(order.by).map((type, index) => TYPES[type].read(values[index] ?? ''));
  const beside = rows.where(follows(onward, '', sql`(${sql.join(ends)})`));
  const found = await read(beside, onward, { limit: limit + 1, offset: 0 });
  const more = found.length > limit;
  const page = found.slice(0, limit);
  return side === 'after'
    ? partOf(page, { next: more, previous: true })
    : partOf(page.reverse(), { next: true, previous: more });
}

function reverse({ by, direction }: Order): Order {
  return { by, direction: direction === 'asc' ? 'desc' : 'asc' };
}

/** A row, and its values in the columns of the order. */
interface Placed<Row> {
  readonly row: Row;
  readonly values: readonly string[];
}

async function read<DB, TB extends keyof DB, Row>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  order: Order,
  { limit, offset }: Slice,
): Promise<Placed<Row>[]> {
  const values = Object.entries(order.by).map(
    ([column, type]) => sql`${TYPES[type].write(sql.ref(column))}::text`,
  );
  const columns = Object.keys(order.by);
  const ordered = columns.reduce(
    (query, column) => query.orderBy(sql.ref(column), order.direction),
    rows,
  );
  // Only the columns of the order are read of the rows before the offset.
  const first = ordered
    .clearSelect()
    .select(columns.map((column) => sql.ref(column).as(column)))
    .limit(1)
    .offset(offset);
  const found = await ordered
    .$if(offset > 0, (query) => query.where(follows(order, '=', sql`${first}`)))
    .select(sql<string[]>`array[${sql.join(values)}]`.as('orderedBy'))
    .limit(limit)
    .$castTo<{ orderedBy: string[] }>()
    .execute();
  // The compiler cannot know that a row of `Row` and `orderedBy` without the latter is a `Row`.
  return found.map(({ orderedBy, ...row }) => ({ row: row as Row, values: orderedBy }));
}

/** Compares a row with the values of another one: it comes later in the order, or is the same (`=`). */
function follows({ by, direction }: Order, same: '' | '=', values: RawBuilder<unknown>) {
  const columns = Object.keys(by).map((column) => sql.ref(column));
  const sign = sql.raw(`${direction === 'asc' ? '>' : '<'}${same}`);
  return sql<SqlBool>`(${sql.join(columns)}) ${sign} ${values}`;
}

function partOf<Row>(
  found: readonly Placed<Row>[],
  more: { readonly next: boolean; readonly previous: boolean },
): Part<Row> {
  const first = found[0];
  const last = found.at(-1);
  return {
    entries: found.map(({ row }) => row),
    next: more.next && (last === undefined || { side: 'after', values: last.values }),
    previous: more.previous && (first === undefined || { side: 'before', values: first.values }),
  };
}

/** Takes a slice of a list that is in memory, in ascending order. */
export function sliceOf<T>(
  list: readonly T[],
  { limit, offset }: Slice,
  direction: Direction,
): Sliced<T> {
  const ordered = direction === 'asc' ? list : list.toReversed();
  return {
    count: list.length,
    entries: ordered.slice(offset, offset + limit),
    next: offset + limit < list.length,
    previous: offset > 0,
  };
}
