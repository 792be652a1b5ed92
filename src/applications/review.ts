import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Application } from './application.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { applicationById, setReviewed } from './store.ts';

/**
 * Notes that an operator has looked at an application; the consent page warns no more.
 * @throws StagedoorError `not_found`
 */
export async function reviewApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
): Promise<Application> {
  const before = await lockOrThrow(tx, clientId);
  if (before.reviewedAt !== null) {
    return before;
  }
  await setReviewed(tx, clientId);
  await record(tx, {
    action: 'stagedoor.application.reviewed',
    actor,
    userId: before.ownerId ?? undefined,
    clientId,
    data: { application: before.name },
  });
  return (await applicationById(tx, clientId)) ?? before;
}
