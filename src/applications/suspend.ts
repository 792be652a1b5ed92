import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import type { Application } from './application.ts';
import { setSuspension } from './change-store.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { mailOwner } from './mail-owner.ts';
import { applicationById } from './store.ts';

/**
 * Suspends an application: nothing of it is live until it is resumed. A second call only changes
 * the reason. The owner gets a mail.
 * @throws StagedoorError `not_found`
 */
export async function suspendApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
  reason: string,
): Promise<Application> {
  const before = await lockOrThrow(tx, clientId);
  if (before.suspendedAt !== null && before.suspensionReason === reason) {
    return before;
  }
  await setSuspension(tx, clientId, reason);
  await record(tx, {
    action: 'stagedoor.application.suspended',
    actor,
    userId: before.ownerId ?? undefined,
    clientId,
    data: { application: before.name, reason },
  });
  await mailOwner(tx, before, { change: 'suspended', reason });
  return (await applicationById(tx, clientId)) ?? before;
}
