import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import type { Organizer } from './organizer.ts';
import { organizersOf } from './organizer-store.ts';

/** One slice of those among `slugs`, by slug. */
export async function listOrganizersOf(
  db: Db,
  userId: string,
  slugs: readonly string[],
  { limit, offset }: Slice,
  direction: Direction,
): Promise<Sliced<Organizer>> {
  const open = new Set(slugs);
  const all = (await organizersOf(db, userId)).filter(({ slug }) => open.has(slug));
  const ordered = direction === 'asc' ? all : all.reverse();
  return { count: all.length, entries: ordered.slice(offset, offset + limit) };
}
