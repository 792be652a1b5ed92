import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import type { Organizer } from './organizer.ts';
import { listOrganizerRows } from './organizer-store.ts';

/** One slice of all organizers, by slug. */
export function listOrganizers(
  db: Db,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<Organizer>> {
  return listOrganizerRows(db, slice, direction);
}
