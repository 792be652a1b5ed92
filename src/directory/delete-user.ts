import { forgetUser } from '../audit/forget-user.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { beginDeletion } from '../deletions/remove-grants.ts';
import { forgetOwnerInNotices } from '../deletions/store.ts';
import type { Actor } from '../lib/actor.ts';
import { found } from '../lib/errors.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { deleteOffersTo, deleteUserRow } from '../users/change-user-store.ts';
import { isDirectoryId } from '../users/user.ts';
import { lockUser } from '../users/user-store.ts';

/**
 * Deletes a user, and with it the sessions, grants and tokens: from the commit on, none of them is live.
 * Applications stay, without owner. The log keeps the user's id, and nothing else that identifies the
 * person; the rest of a long log is forgotten with the grants.
 * @throws StagedoorError `not_found`
 */
export async function deleteUser(tx: Tx, actor: Actor, id: string): Promise<void> {
  const known = found(
    isDirectoryId(id) ? await lockUser(tx, id, { forDeletion: true }) : undefined,
  );
  await endSessionsOf(tx, id);
  await record(tx, { action: 'stagedoor.directory.user.deleted', actor, userId: id });
  await deleteUserRow(tx, id);
  const { names, addresses } = await forgetUser(tx, known.user);
  await deleteOffersTo(tx, addresses);
  await forgetOwnerInNotices(tx, names);
  await beginDeletion(tx, 'user', id);
}
