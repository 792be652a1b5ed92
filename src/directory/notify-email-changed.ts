import type { Tx } from '../db/transaction.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import type { User } from '../users/user.ts';

/**
 * Notifies a user at both email addresses that one replaced the other. Neither mail names the other
 * address: one of the mailboxes may belong to another person or be mistyped.
 */
export async function notifyEmailChanged(tx: Tx, user: User, formerEmail: string): Promise<void> {
  const mails = [
    { recipient: formerEmail, isFormer: true },
    { recipient: user.email, isFormer: false },
  ];
  for (const { recipient, isFormer } of mails) {
    await enqueueMail(tx, {
      kind: 'email_changed',
      recipient,
      locale: user.locale,
      data: { at: new Date().toISOString(), timezone: user.timezone, isFormer },
    });
  }
}
