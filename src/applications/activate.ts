import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import type { Application } from './application.ts';
import { lockForActor } from './lock-for-actor.ts';
import { applicationById, setActive } from './store.ts';

/**
 * The owner's own switch. While it is off nothing of the application is live; switched on again,
 * grants that nobody revoked meanwhile are live again.
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
