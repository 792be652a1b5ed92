import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import { isUnprintableInLines } from '../lib/printable.ts';
import { isReviewed } from './application.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { mailOwner } from './mail-owner.ts';
import { refuseOwnDecision } from './refuse-own-decision.ts';
import { setReviewQuestion } from './review-store.ts';

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
  await record(tx, {
    action: 'stagedoor.application.review_questioned',
    actor,
    userId: application.ownerId,
    clientId,
    data: { application: application.name, question, ...own },
  });
  await mailOwner(tx, application, { change: 'review_question', reason: question });
}
