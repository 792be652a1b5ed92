import type { Db } from '../db/database.ts';
import { deleteOldMails } from './outbox-store.ts';

/** Long enough to answer whether a mail went out. */
const SENT_DAYS = 30;
/** Long enough for an operator to come back to it and try again. */
const FAILED_DAYS = 90;

/** Deletes mails that were sent 30 days ago, and those that were given up 90 days ago. */
export async function purgeMails(db: Db): Promise<void> {
  await deleteOldMails(db, { sent: SENT_DAYS, failed: FAILED_DAYS });
}
