import { lockForActor } from '../applications/lock.ts';
import { mailApplication } from '../applications/mail-owner.ts';
import { recordForOwner } from '../applications/record-for-owner.ts';
import type { Tx } from '../db/transaction.ts';
import { translator } from '../http/translate.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { localeOf } from '../lib/locale.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { setMuted, takeFailingApplications, wantsFailureMails } from './failing-store.ts';
import type { InsightText } from './texts.ts';

/** Values of the requests, which are on the page only: a mail contains nothing that others wrote. */
const UNSAID = { description: '[…]', parameters: '[…]', scope: '[…]', sent: '[…]' };

/**
 * Mails owners of applications that have stopped working, at most once a day for each application.
 * @param limit mails that it writes at most
 * @returns how many it wrote
 */
export async function notifyFailing(tx: Tx, limit: number): Promise<number> {
  const applications = await takeFailingApplications(tx, limit);
  for (const application of applications) {
    const { clientId, recipient, locale, timezone, failures, error, reason } = application;
    const t = translator<InsightText>(localeOf(locale) ?? 'en');
    await enqueueMail(tx, {
      kind: 'application_failing',
      recipient,
      locale,
      data: {
        at: new Date().toISOString(),
        timezone,
        application: mailApplication(application, null),
        failures,
        error,
        explanation: t(`insights.reason.${reason}`, UNSAID),
        path: `/account/applications/${encodeURIComponent(clientId)}/errors`,
      },
    });
  }
  return applications.length;
}

/**
 * Turns the mails about an application that has stopped working on or off. No difference: nothing is written
 * or logged.
 * @throws StagedoorError `not_found`, also if it belongs to another user
 */
export async function setFailureMails(
  tx: Tx,
  actor: Actor,
  clientId: string,
  { wanted, origin }: { readonly wanted: boolean; readonly origin: Origin },
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  if ((await wantsFailureMails(tx, clientId)) === wanted) {
    return;
  }
  await setMuted(tx, clientId, !wanted);
  await recordForOwner(tx, application, {
    action: 'stagedoor.user.preferences_changed',
    actor,
    origin,
    data: { changed: ['failure_mails'] },
  });
}
