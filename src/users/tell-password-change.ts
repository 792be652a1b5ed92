import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { enqueueMail } from '../mail/enqueue-mail.ts';
import type { MailData } from '../mail/mail.ts';
import type { User } from './user.ts';

/** What has been done to a password. */
export interface PasswordChange {
  readonly user: User;
  readonly actor: Actor;
  readonly removed: boolean;
  /** If the user had none before. */
  readonly first?: boolean;
  /** By whom, for the mail; the platform where it is absent. */
  readonly by?: MailData['password_changed']['by'];
  readonly origin?: Origin;
  /** The user's address, and the one before if that changed as well. */
  readonly recipients?: readonly string[];
}

/**
 * Logs it where the user reads it, and tells them by mail; at the address of before, too, where
 * both are changed at once: whoever takes an account over would begin with these two.
 */
export async function tellPasswordChange(tx: Tx, change: PasswordChange): Promise<void> {
  const { user, actor, removed, first, by, origin, recipients = [user.email] } = change;
  await record(tx, {
    action: 'stagedoor.user.password_changed',
    actor,
    userId: user.id,
    origin,
    data: { removed, ...(first ? { first } : {}), ...(by === 'upstream' ? { method: by } : {}) },
  });
  for (const recipient of recipients) {
    await enqueueMail(tx, {
      kind: 'password_changed',
      recipient,
      locale: user.locale,
      data: { at: new Date().toISOString(), timezone: user.timezone, removed, first, by, origin },
    });
  }
}
