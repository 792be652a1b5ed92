import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import type { MailData } from '../mail/mail.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import type { User } from '../users/user.ts';

/**
 * Notifies a user by mail that another upstream identity, or none, opens the account.
 * @param change `recipients` are the user's address and, if it changed as well, the one before
 */
export async function notifyIdentityChanged(
  tx: Tx,
  user: User,
  change: {
    readonly kind: MailData['identity_changed']['change'];
    readonly issuer: string;
    readonly recipients: readonly string[];
    /** If the provider had verified the user's address; else the platform did it. */
    readonly byEmail?: { readonly origin: Origin };
  },
): Promise<void> {
  const { kind, issuer, recipients, byEmail } = change;
  for (const recipient of recipients) {
    await enqueueMail(tx, {
      kind: 'identity_changed',
      recipient,
      locale: user.locale,
      data: {
        at: new Date().toISOString(),
        timezone: user.timezone,
        change: kind,
        provider: new URL(issuer).host,
        byEmail: byEmail !== undefined,
        origin: byEmail?.origin,
      },
    });
  }
}
