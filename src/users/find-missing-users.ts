import type { Tx } from '../db/transaction.ts';
import { lockExistingUsers } from './user-store.ts';

/**
 * Returns the ids that no user has. The other users can't be deleted until the transaction ends, so
 * that rows can refer to them.
 */
export async function findMissingUsers(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const existing = new Set(await lockExistingUsers(tx, ids));
  return ids.filter((id) => !existing.has(id));
}
