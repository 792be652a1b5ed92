import type { Tx } from '../db/transaction.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { kindsToReview, type QueueSettings } from './review-need.ts';
import { countWaiting, takeOperatorsToNotify } from './review-store.ts';

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
