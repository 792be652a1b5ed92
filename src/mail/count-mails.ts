import type { Db } from '../db/database.ts';
import { selectMailCounts } from './outbox-store.ts';

/** Mails that are not delivered: those that wait for an attempt, and those that were given up. */
export function countMails(db: Db): Promise<{ pending: number; failed: number }> {
  return selectMailCounts(db);
}
