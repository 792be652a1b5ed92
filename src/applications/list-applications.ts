import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import type { Application, ApplicationFilters } from './application.ts';
import { listApplicationRows } from './store.ts';

/** One slice of the applications that fit, by when they were registered. */
export function listApplications(
  db: Db,
  slice: Slice,
  filters: ApplicationFilters = {},
  direction: Direction = 'asc',
): Promise<Sliced<Application>> {
  return listApplicationRows(db, slice, filters, direction);
}
