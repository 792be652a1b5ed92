import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import { isDirectoryId } from './user.ts';
import { deleteUserRow, lockUser } from './user-store.ts';

/**
 * Deletes a user, and with it the sessions, grants and tokens. Applications stay, without owner.
 * @throws StagedoorError `not_found`
 */
export async function deleteUser(tx: Tx, actor: Actor, id: string): Promise<void> {
  const known = isDirectoryId(id) ? await lockUser(tx, id) : undefined;
  if (known === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  // The event carries the id only: whoever was deleted is not kept by name in the log.
  await record(tx, { action: 'stagedoor.directory.user.deleted', actor, userId: id });
  await deleteUserRow(tx, id);
}
