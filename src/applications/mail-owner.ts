import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { proofHost } from '../lib/client-id.ts';
import type { MailApplication, MailData } from '../mail/mail.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { findUser } from '../users/user-store.ts';
import { type Application, isReviewed } from './application.ts';

/** A change of an application that its owner gets a mail about. */
export interface OwnerNotice {
  readonly change: MailData['application_changed']['change'];
  /** Recipient, if it is not the owner. */
  readonly userId?: string;
  /** Details of the change: a secret's label, addresses. Never a secret. */
  readonly details?: readonly string[];
  readonly reason?: string;
  readonly origin?: Origin | undefined;
}

/**
 * Queues the mail about a change that matters for an application's security, in the change's own
 * transaction. Sends none if the application has no owner.
 */
export async function mailOwner(
  tx: Tx,
  application: Application,
  notice: OwnerNotice,
): Promise<void> {
  const userId = notice.userId ?? application.ownerId;
  const user = userId === null ? undefined : await findUser(tx, userId);
  if (user === undefined) {
    return;
  }
  await enqueueMail(tx, {
    kind: 'application_changed',
    recipient: user.email,
    locale: user.locale,
    data: {
      application: mailApplication(
        application,
        // The owner knows that, and for a former owner it is no longer true.
        notice.change === 'transfer_received' ? await nameOfOwner(tx, application) : null,
      ),
      change: notice.change,
      details: notice.details,
      reason: notice.reason,
      at: new Date().toISOString(),
      timezone: user.timezone,
      origin: notice.origin,
      path: pathFor(notice.change, application),
    },
  });
}

async function nameOfOwner(tx: Tx, { ownerId, ownerName }: Application): Promise<string | null> {
  const owner = ownerName === null && ownerId !== null ? await findUser(tx, ownerId) : undefined;
  return ownerName ?? owner?.email ?? null;
}

/** Returns the link target. Recipients who do not own the application get the list. */
function pathFor(change: OwnerNotice['change'], application: Application): string {
  return change === 'transfer_received' || change === 'transferred_away'
    ? '/account/applications'
    : `/account/applications/${encodeURIComponent(application.clientId)}`;
}

/** Returns the application as a mail shows it: its homepage only if an operator reviewed it. */
export function mailApplication(
  application: Pick<Application, 'clientId' | 'homepageUrl' | 'name' | 'reviewedAt'>,
  owner: string | null,
): MailApplication {
  return {
    name: application.name,
    owner,
    reviewedHomepage: isReviewed(application) ? application.homepageUrl : null,
    documentHost: proofHost(application.clientId),
  };
}
