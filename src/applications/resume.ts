import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import type { Application } from './application.ts';
import { setSuspension } from './change-store.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { mailOwner } from './mail-owner.ts';
import { refuseOwnDecision } from './refuse-own-decision.ts';
import { applicationById } from './store.ts';

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
  await record(tx, {
    action: 'stagedoor.application.resumed',
    actor,
    userId: before.ownerId ?? undefined,
    clientId,
    data: { application: before.name, ...own },
  });
  await mailOwner(tx, before, { change: 'resumed' });
  return (await applicationById(tx, clientId)) ?? before;
}
