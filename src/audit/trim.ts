import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { deleteOldEvents } from './trim-store.ts';

/**
 * Deletes entries of the log that are older than the retention, the oldest first, at most `limit`.
 * Any number of processes may do so at once: one of them does it. The database refuses to delete
 * what is younger than 30 days, whatever the setting says.
 * @param retentionDays 0: entries are kept for ever
 * @returns how many were deleted
 */
export async function trimLog(db: Db, retentionDays: number, limit: number): Promise<number> {
  return retentionDays === 0
    ? 0
    : inTransaction(db, (tx) => deleteOldEvents(tx, retentionDays, limit));
}
