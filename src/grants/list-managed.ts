import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import { type GrantFilters, isGrantId, type ManagedGrant } from './managed-grant.ts';
import { listGrantRows, managedGrantById } from './management-store.ts';

/** One slice of the grants that fit, of whatever user, by when they were given. */
export function listManagedGrants(
  db: Db,
  slice: Slice,
  filters: GrantFilters = {},
  direction: Direction = 'desc',
): Promise<Sliced<ManagedGrant>> {
  return listGrantRows(db, slice, filters, direction);
}

/** One grant of whatever user, ended or not. */
export async function findManagedGrant(db: Db, id: string): Promise<ManagedGrant | undefined> {
  return isGrantId(id) ? managedGrantById(db, id) : undefined;
}
