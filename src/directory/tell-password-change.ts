import { enqueueMail } from '../audit/enqueue-mail.ts';
import type { Actor, Origin } from '../audit/event.ts';
import type { MailData } from '../audit/mail.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { User } from './user.ts';

/** What has been done to a password. */
export interface PasswordChange {
  readonly user: User;
  readonly actor: Actor;
  readonly removed: boolean;
  /** By whom, for the mail; the platform where it is absent. */
  readonly by?: MailData['password_changed']['by'];
  readonly origin?: Origin;
  /** The e-mail address before, where that has been changed as well. */
  readonly formerEmail?: string;
}

/**
 * Logs it where the user reads it, and tells them by mail; at the address of before, too, where
 * both are changed at once: whoever takes an account over would begin with these two.
 */
export async function tellPasswordChange(tx: Tx, change: PasswordChange): Promise<void> {
  const { user, actor, removed, by, origin, formerEmail = user.email } = change;
  await record(tx, {
    action: 'stagedoor.user.password_changed',
    actor,
    userId: user.id,
    origin,
    data: { removed, ...(by === 'upstream' ? { method: by } : {}) },
  });
  for (const recipient of new Set([formerEmail, user.email])) {
    await enqueueMail(tx, {
      kind: 'password_changed',
      recipient,
      locale: user.locale,
      data: { at: new Date().toISOString(), timezone: user.timezone, removed, by, origin },
    });
  }
}
