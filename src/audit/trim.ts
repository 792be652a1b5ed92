import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { deleteOldEvents } from './trim-store.ts';

/** Entries per transaction: few enough to keep locks short. */
const BATCH = 1000;

/**
 * Deletes the entries of the log that are older than the retention, oldest first, a transaction a
 * batch. Any number of processes may do so at once: one of them does it. The database refuses to
 * delete what is younger than 30 days, whatever the setting says.
 * @param retentionDays 0: entries are kept for ever
 * @returns how many were deleted
 */
export async function trimLog(db: Db, retentionDays: number): Promise<number> {
  if (retentionDays === 0) {
    return 0;
  }
  let deleted = 0;
  for (;;) {
    const batch = await inTransaction(db, (tx) => deleteOldEvents(tx, retentionDays, BATCH));
    deleted += batch;
    if (batch < BATCH) {
      return deleted;
    }
  }
}
