import type { Tx } from '../db/transaction.ts';
import { found } from '../lib/errors.ts';
import { type Changes, withChanges } from '../lib/with-changes.ts';
import type { HashPassword } from '../users/password.ts';
import { isDirectoryId, type ProvisionedUser, type UserInput } from '../users/user.ts';
import { lockUser } from '../users/user-store.ts';
import { changeUser } from './change-user.ts';
import type { UserEditor } from './operator-role.ts';

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
