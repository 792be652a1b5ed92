import type { Db } from '../db/database.ts';
import { isGrantId, type ManagedGrant } from './managed-grant.ts';
import { managedGrantById } from './management-store.ts';

/** One grant of whatever user, ended or not. */
export async function findManagedGrant(db: Db, id: string): Promise<ManagedGrant | undefined> {
  return isGrantId(id) ? managedGrantById(db, id) : undefined;
}
