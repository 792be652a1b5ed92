import type { Tx } from '../db/transaction.ts';
import { beginDeletion } from '../deletions/remove-grants.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { applicationState } from './application.ts';
import { deleteApplicationRow } from './change-store.ts';
import { lockForActor } from './lock.ts';
import { mailApplication } from './mail-owner.ts';
import { recordForOwner } from './record-for-owner.ts';

/**
 * Deletes an application with all its grants and tokens: from the commit on, none of them is live. Each
 * user who had a live one finds it in their log, and a mail of it.
 * @throws StagedoorError `not_found`; `conflict` if it is stopped, and the next consent would write it
 *   again as an active one
 */
export async function deleteApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
  origin?: Origin,
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  const state = applicationState(application);
  if (application.kind !== 'registered' && state !== 'active') {
    const first = state === 'suspended' ? 'Resume' : 'Enable';
    throw new StagedoorError(
      'conflict',
      `The application is ${state}, and stays so only as long as it is not deleted: the next consent would register it again as an active one. ${first} it first if you still want to delete it.`,
    );
  }
  await recordForOwner(tx, application, {
    action: 'stagedoor.application.deleted',
    actor,
    origin,
  });
  await deleteApplicationRow(tx, clientId);
  await beginDeletion(tx, 'application', clientId, {
    actor,
    owner: application.ownerId,
    log: { reason: 'application_deleted', application: application.name },
    mail: {
      at: new Date().toISOString(),
      application: mailApplication(application, application.ownerName),
    },
  });
}
