import type { Db } from '../db/database.ts';
import { deleteExpiredCounts } from './limit-store.ts';

/** Deletes counts whose window has ended. */
export async function purgeLimits(db: Db): Promise<void> {
  await deleteExpiredCounts(db, Date.now());
}
