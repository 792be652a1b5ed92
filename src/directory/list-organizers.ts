import type { Slice, Sliced } from '../api/list.ts';
import type { Db } from '../db/database.ts';
import type { Organizer } from './organizer.ts';
import { listOrganizerRows } from './organizer-store.ts';

/** One slice of all organizers, by slug. */
export function listOrganizers(db: Db, slice: Slice): Promise<Sliced<Organizer>> {
  return listOrganizerRows(db, slice);
}
