import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import { insertUser } from '../users/change-user-store.ts';
import type { HashPassword } from '../users/password.ts';
import { type ProvisionedUser, requireDirectoryId, type UserInput } from '../users/user.ts';
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
