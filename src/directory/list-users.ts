import type { Slice, Sliced } from '../api/list.ts';
import type { Db } from '../db/database.ts';
import type { User } from './user.ts';
import { listUserRows } from './user-store.ts';

/** One slice of all users, by id. */
export function listUsers(db: Db, slice: Slice): Promise<Sliced<User>> {
  return listUserRows(db, slice);
}
