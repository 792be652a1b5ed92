import type { Db } from '../db/database.ts';
import type { UndeliveredMail } from './mail.ts';
import { selectUndelivered } from './outbox-store.ts';

/** Mails that are read at once. */
const BATCH = 500;

/** The mails that are not delivered, the oldest first; or only those that were given up. */
export async function listUndeliveredMails(
  db: Db,
  only: { readonly failed: boolean },
): Promise<UndeliveredMail[]> {
  const all: UndeliveredMail[] = [];
  for (;;) {
    const mails = await selectUndelivered(db, { limit: BATCH, offset: all.length }, only);
    all.push(...mails);
    if (mails.length < BATCH) {
      return all;
    }
  }
}
