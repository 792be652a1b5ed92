import { forgetUser } from '../audit/forget-user.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { beginDeletion } from '../deletions/remove-grants.ts';
import { forgetOwnerInNotices } from '../deletions/store.ts';
import type { Actor } from '../lib/actor.ts';
import { found, StagedoorError } from '../lib/errors.ts';
import { type Changes, withChanges } from '../lib/with-changes.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { deleteOffersTo, deleteUserRow, insertUser } from '../users/change-user-store.ts';
import type { HashPassword } from '../users/password.ts';
import {
  isDirectoryId,
  type ProvisionedUser,
  requireDirectoryId,
  type UserInput,
} from '../users/user.ts';
import { lockUser } from '../users/user-store.ts';
import { changeUser, recordUserChange } from './change-user.ts';
import { requireRightsOver, type UserEditor } from './operator-role.ts';
import type { PutOutcome } from './put-outcome.ts';
import { setIdentity } from './set-identity.ts';

/**
 * Creates the user or makes an existing one exactly this; the same again changes and logs nothing.
 * @param hash may know the answer already
 * @throws ValidationError where the id can't be one, or the e-mail address or the subject upstream is
 *   another user's; StagedoorError `forbidden`, see `requireRightsOver`
 */
export async function putUser(
  tx: Tx,
  editor: UserEditor,
  id: string,
  input: UserInput,
  hash: HashPassword,
): Promise<{ user: ProvisionedUser; outcome: PutOutcome }> {
  requireDirectoryId(id);
  let known = await lockUser(tx, id);
  if (known === undefined) {
    const { password = null, identity, isOperator = false, ...fields } = input;
    requireRightsOver(editor, { before: undefined, after: { ...fields, isOperator } }, []);
    const user = { id, ...fields, isOperator, chosen: { locale: null, timezone: null } };
    const passwordHash = password === null ? null : await hash(password, null);
    if (await insertUser(tx, user, passwordHash)) {
      if (identity !== undefined) {
        await setIdentity(tx, id, identity);
      }
      await recordUserChange(tx, editor.actor, id, { changed: ['created'] });
      return { user, outcome: 'created' };
    }
    // Somebody else created the user since the first look.
    known = await lockUser(tx, id);
  }
  if (known === undefined) {
    throw new StagedoorError('conflict', 'The user was deleted meanwhile. Try again.');
  }
  const { user, changed } = await changeUser(tx, editor, known, input, hash);
  return { user, outcome: changed ? 'changed' : 'unchanged' };
}

/**
 * Changes the given fields of a user, and nothing else.
 * @throws StagedoorError `not_found`; ValidationError where the e-mail address or the subject upstream
 *   is another user's; StagedoorError `forbidden`, see `requireRightsOver`
 */
export async function patchUser(
  tx: Tx,
  editor: UserEditor,
  id: string,
  changes: Changes<UserInput>,
  hash: HashPassword,
): Promise<{ user: ProvisionedUser; changed: boolean }> {
  const known = found(isDirectoryId(id) ? await lockUser(tx, id) : undefined);
  const { email, fullName, locale, timezone, isActive } = known.user;
  const before = { email, fullName, locale, timezone, isActive };
  return changeUser(tx, editor, known, withChanges<UserInput>(before, changes), hash);
}

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
