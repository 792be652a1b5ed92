import type { Db } from '../db/database.ts';
import type { Slice } from '../db/slice.ts';
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
  let slice: Slice = { limit: BATCH, offset: 0 };
  for (;;) {
    const { entries, next } = await selectUndelivered(db, slice, only);
    all.push(...entries);
    if (typeof next === 'boolean') {
      return all;
    }
    slice = { ...slice, position: next };
  }
}
