import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import { isUnprintableInLines } from '../lib/printable.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { type Application, applicationState, isReviewed } from './application.ts';
import { selectLookalikes } from './candidate-store.ts';
import { setReviewed } from './change-store.ts';
import { lockForActor, lockOrThrow } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { recordForOwner } from './record-for-owner.ts';
import { refuseOwnDecision } from './refuse-own-decision.ts';
import { kindsToReview, type NameSettings, type QueueSettings } from './review-need.ts';
import {
  countWaiting,
  selectReviewState,
  setReviewedDetails,
  setReviewQuestion,
  setReviewRequested,
  takeOperatorsToNotify,
} from './review-store.ts';
import { replaceUnsafeName } from './safe-name.ts';
import { findApplication } from './store.ts';

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
  await recordForOwner(tx, application, {
    action: 'stagedoor.application.review_requested',
    actor,
    origin,
    data: { version: application.version },
  });
  await notifyOperators(tx, config);
}

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
  await recordForOwner(tx, before, {
    action: 'stagedoor.application.reviewed',
    actor,
    data: { version, ...own },
  });
  return (await findApplication(tx, clientId)) ?? before;
}

/** Longest question, in characters. */
export const QUESTION_LIMIT = 2000;

/**
 * Asks the owner something instead of reviewing the application, which leaves the queue until the
 * owner requests a review again. The owner gets a mail with the question.
 * @throws StagedoorError `not_found`; `conflict` if it is reviewed or has no owner;
 *   `forbidden`, see `refuseOwnDecision`; ValidationError
 */
export async function askOwner(
  tx: Tx,
  actor: Actor,
  clientId: string,
  question: string,
): Promise<void> {
  if (question === '' || question.length > QUESTION_LIMIT || isUnprintableInLines(question)) {
    throw new ValidationError({ question: [`Enter 1 to ${QUESTION_LIMIT} characters.`] });
  }
  const application = await lockOrThrow(tx, clientId);
  if (isReviewed(application) || application.ownerId === null) {
    throw new StagedoorError('conflict', 'It is reviewed by now, or has no owner to ask.');
  }
  const own = await refuseOwnDecision(tx, actor, application);
  await setReviewQuestion(tx, clientId, question);
  await recordForOwner(tx, application, {
    action: 'stagedoor.application.review_questioned',
    actor,
    data: { question, ...own },
  });
  await mailOwner(tx, application, { change: 'review_question', reason: question });
}

/**
 * Mails operators that applications wait for a review: at most one mail a day to each, and only if
 * something waits that the last one did not count.
 * @returns number of mails
 */
export async function notifyOperators(tx: Tx, config: QueueSettings): Promise<number> {
  const { count, latest } = await countWaiting(tx, kindsToReview(config));
  if (latest === null) {
    return 0;
  }
  const operators = await takeOperatorsToNotify(tx, latest);
  for (const { email: recipient, locale, timezone } of operators) {
    const data = { at: new Date().toISOString(), timezone, count };
    await enqueueMail(tx, { kind: 'review_waiting', recipient, locale, data });
  }
  return operators.length;
}
