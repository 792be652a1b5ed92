import type { Slice, Sliced } from '../api/list.ts';
import type { Db } from '../db/database.ts';
import type { Application } from './application.ts';
import { listApplicationRows } from './store.ts';

/** One slice of all applications, the oldest first. */
export function listApplications(db: Db, slice: Slice): Promise<Sliced<Application>> {
  return listApplicationRows(db, slice);
}
