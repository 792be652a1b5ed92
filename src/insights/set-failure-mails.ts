import { lockForActor } from '../applications/lock.ts';
import { recordForOwner } from '../applications/record-for-owner.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { setMuted, wantsFailureMails } from './failing-store.ts';

/**
 * Turns the mails about an application that has stopped working on or off. No difference: nothing is written
 * or logged.
 * @throws StagedoorError `not_found`, also if it belongs to another user
 */
export async function setFailureMails(
  tx: Tx,
  actor: Actor,
  clientId: string,
  { wanted, origin }: { readonly wanted: boolean; readonly origin: Origin },
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  if ((await wantsFailureMails(tx, clientId)) === wanted) {
    return;
  }
  await setMuted(tx, clientId, !wanted);
  await recordForOwner(tx, application, {
    action: 'stagedoor.user.preferences_changed',
    actor,
    origin,
    data: { changed: ['failure_mails'] },
  });
}
