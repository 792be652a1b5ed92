import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import type { Application } from './application.ts';
import { setActive, setSuspension } from './change-store.ts';
import { lockForActor, lockOrThrow } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { recordForOwner } from './record-for-owner.ts';
import { refuseOwnDecision } from './refuse-own-decision.ts';
import { findApplication } from './store.ts';

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
  await recordForOwner(tx, before, {
    action: 'stagedoor.application.suspended',
    actor,
    data: { reason },
  });
  await mailOwner(tx, before, { change: 'suspended', reason });
  return (await findApplication(tx, clientId)) ?? before;
}

/**
 * Ends a suspension: grants that were not revoked meanwhile are live again. The owner gets a mail.
 * @throws StagedoorError `not_found`; `forbidden`, see `refuseOwnDecision`
 */
export async function resumeApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
): Promise<Application> {
  const before = await lockOrThrow(tx, clientId);
  if (before.suspendedAt === null) {
    return before;
  }
  const own = await refuseOwnDecision(tx, actor, before);
  await setSuspension(tx, clientId, null);
  await recordForOwner(tx, before, {
    action: 'stagedoor.application.resumed',
    actor,
    data: own,
  });
  await mailOwner(tx, before, { change: 'resumed' });
  return (await findApplication(tx, clientId)) ?? before;
}

/**
 * Enables or disables an application for its owner. While it is disabled nothing of it is live;
 * enabled again, grants that were not revoked meanwhile are live again.
 * @throws StagedoorError `not_found`
 */
export async function setApplicationActive(
  tx: Tx,
  actor: Actor,
  clientId: string,
  active: boolean,
  origin?: Origin,
): Promise<Application> {
  const before = await lockForActor(tx, actor, clientId);
  if (before.isActive === active) {
    return before;
  }
  await setActive(tx, clientId, active);
  await recordForOwner(tx, before, {
    action: active ? 'stagedoor.application.enabled' : 'stagedoor.application.disabled',
    actor,
    origin,
  });
  return (await findApplication(tx, clientId)) ?? before;
}
