import type { Tx } from '../db/transaction.ts';
import type { Mail, MailKind } from './mail.ts';
import { insertMail } from './outbox-store.ts';

/** Queues a mail in the transaction of what it tells: no authorization without its mail. */
export async function enqueueMail<K extends MailKind>(tx: Tx, mail: Mail<K>): Promise<void> {
  await insertMail(tx, mail);
}
