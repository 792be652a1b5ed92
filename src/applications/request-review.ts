import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { applicationState, isReviewed } from './application.ts';
import { lockForActor } from './lock-for-actor.ts';
import { notifyOperators } from './notify-operators.ts';
import type { QueueSettings } from './review-need.ts';
import { selectReviewState, setReviewRequested } from './review-store.ts';

/**
 * Asks the operators for a review, who get a mail. A second request changes nothing until an operator
 * has asked back.
 * @throws StagedoorError `not_found`; `conflict` if it is reviewed or does not work
 */
export async function requestReview(
  tx: Tx,
  actor: Actor,
  clientId: string,
  { config, origin }: { readonly config: QueueSettings; readonly origin?: Origin },
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  if (isReviewed(application) || applicationState(application) !== 'active') {
    throw new StagedoorError('conflict', 'Only an active application without review can get one.');
  }
  const { requestedAt, askedAt } = await selectReviewState(tx, clientId);
  if (requestedAt !== null && (askedAt === null || requestedAt > askedAt)) {
    return;
  }
  await setReviewRequested(tx, clientId);
  await record(tx, {
    action: 'stagedoor.application.review_requested',
    actor,
    userId: application.ownerId ?? undefined,
    clientId,
    origin,
    data: { application: application.name, version: application.version },
  });
  await notifyOperators(tx, config);
}
