import type { Place } from '../activity.ts';

/** Pages before a page that its cursor leads back to; an older one leads to the newest entries. */
const LIMIT = 20;
const PLACE = /^(\d{1,16})\.(\d{1,18})$/;

/** Places after which a page and the pages before it begin, the page's own last. Empty: the first page. */
export type Trail = readonly Place[];

/** Reads a cursor that `writeCursor` wrote; any other is the first page. */
export function readCursor(cursor: unknown): Trail {
  const places = typeof cursor === 'string' ? cursor.split('_') : [];
  const trail = places.slice(-LIMIT).map((place) => {
    const [, micros, id] = PLACE.exec(place) ?? [];
    return micros === undefined || id === undefined ? undefined : { micros, id };
  });
  return trail.every((place) => place !== undefined) ? trail : [];
}

/** Writes a trail as a query parameter; undefined for the first page. */
export function writeCursor(trail: Trail): string | undefined {
  const places = trail.slice(-LIMIT).map(({ micros, id }) => `${micros}.${id}`);
  return places.length === 0 ? undefined : places.join('_');
}

/** Returns the place directly before an entry, so that a page that begins after it begins with the entry. */
export function placeBefore({ micros, id }: Place): Place {
  return { micros, id: String(BigInt(id) + 1n) };
}
