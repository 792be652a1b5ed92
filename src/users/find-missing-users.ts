import type { Tx } from '../db/transaction.ts';
import { lockExistingUsers } from './user-store.ts';

/**
 * Which of these ids are no user's. The others can't be deleted until the transaction ends, so
 * that what refers to them can be written.
 */
export async function findMissingUsers(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const existing = new Set(await lockExistingUsers(tx, ids));
  return ids.filter((id) => !existing.has(id));
}
