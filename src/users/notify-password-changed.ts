import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import type { MailData } from '../mail/mail.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import type { User } from './user.ts';

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
 * Logs a password change for the user and notifies them by mail; also at the former address if both
 * change at once, as they do when an account is taken over.
 */
export async function notifyPasswordChanged(tx: Tx, change: PasswordChange): Promise<void> {
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
