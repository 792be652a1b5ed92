import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { deleteApplicationRow, recordGrantsEndedByDeletion } from './store.ts';

/**
 * Deletes an application with all its grants and tokens. Each user who had a live one finds it in
 * their log.
 * @throws StagedoorError `not_found`
 */
export async function deleteApplication(tx: Tx, actor: Actor, clientId: string): Promise<void> {
  const application = await lockOrThrow(tx, clientId);
  await recordGrantsEndedByDeletion(tx, actor, clientId, {
    reason: 'application_deleted',
    application: application.name,
  });
  await record(tx, {
    action: 'stagedoor.application.deleted',
    actor,
    userId: application.ownerId ?? undefined,
    clientId,
    data: { application: application.name },
  });
  await deleteApplicationRow(tx, clientId);
}
