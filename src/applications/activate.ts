import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import type { Application } from './application.ts';
import { setActive } from './change-store.ts';
import { lockForActor } from './lock-for-actor.ts';
import { applicationById } from './store.ts';

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
  await record(tx, {
    action: active ? 'stagedoor.application.enabled' : 'stagedoor.application.disabled',
    actor,
    userId: before.ownerId ?? undefined,
    clientId,
    origin,
    data: { application: before.name },
  });
  return (await applicationById(tx, clientId)) ?? before;
}
