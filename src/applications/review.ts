import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { type Application, isReviewed } from './application.ts';
import { selectLookalikes } from './candidate-store.ts';
import { setReviewed } from './change-store.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { refuseOwnDecision } from './refuse-own-decision.ts';
import { replaceUnsafeName } from './replace-unsafe-name.ts';
import type { NameSettings } from './review-need.ts';
import { setReviewedDetails } from './review-store.ts';
import { applicationById } from './store.ts';

/**
 * Notes that an operator has reviewed a version of an application. Agents of the same name that nobody
 * reviewed lose it in lists and mails, too.
 * @throws StagedoorError `not_found`; `precondition_failed` if the application has another version
 *   by now; `forbidden`, see `refuseOwnDecision`
 */
export async function reviewApplication(
  tx: Tx,
  settings: NameSettings,
  actor: Actor,
  clientId: string,
  version: number,
): Promise<Application> {
  const before = await lockOrThrow(tx, clientId);
  if (before.version !== version) {
    throw new StagedoorError(
      'precondition_failed',
      `The application has changed: it now has version ${before.version}, and the review is for version ${version}. Read it again, then review what you have read.`,
    );
  }
  if (isReviewed(before)) {
    return before;
  }
  const own = await refuseOwnDecision(tx, actor, before);
  await setReviewed(tx, clientId);
  await setReviewedDetails(tx, before);
  for (const other of await selectLookalikes(tx, clientId)) {
    await replaceUnsafeName(tx, settings, other);
  }
  await record(tx, {
    action: 'stagedoor.application.reviewed',
    actor,
    userId: before.ownerId ?? undefined,
    clientId,
    data: { application: before.name, version, ...own },
  });
  return (await applicationById(tx, clientId)) ?? before;
}
