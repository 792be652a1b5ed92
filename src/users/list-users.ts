import type { Db } from '../db/database.ts';
import type { Ordering, Slice, Sliced } from '../db/slice.ts';
import type { ProvisionedUser, UserFilters, UserOrdering } from './user.ts';
import { listUserRows } from './user-store.ts';

/** One slice of the users that fit. */
export function listUsers(
  db: Db,
  slice: Slice,
  filters: UserFilters = {},
  ordering: Ordering<UserOrdering> = { field: 'id', direction: 'asc' },
): Promise<Sliced<ProvisionedUser>> {
  return listUserRows(db, slice, filters, ordering);
}
