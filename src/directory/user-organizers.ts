import type { Db } from '../db/database.ts';
import { type Direction, type Slice, type Sliced, sliceOf } from '../db/slice.ts';
import type { Organizer } from './organizer.ts';
import { organizersOf } from './organizer-store.ts';

/** One slice of those among `slugs`, by slug. */
export async function listOrganizersOf(
  db: Db,
  userId: string,
  slugs: readonly string[],
  slice: Slice,
  direction: Direction,
): Promise<Sliced<Organizer>> {
  const open = new Set(slugs);
  const all = (await organizersOf(db, userId)).filter(({ slug }) => open.has(slug));
  return sliceOf(all, slice, direction);
}
