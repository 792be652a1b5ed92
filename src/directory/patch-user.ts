import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
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
  changes: { readonly [K in keyof UserInput]?: UserInput[K] | undefined },
  hash: HashPassword,
): Promise<{ user: ProvisionedUser; changed: boolean }> {
  const known = isDirectoryId(id) ? await lockUser(tx, id) : undefined;
  if (known === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  const { user } = known;
  const input = {
    email: changes.email ?? user.email,
    fullName: changes.fullName ?? user.fullName,
    locale: changes.locale ?? user.locale,
    timezone: changes.timezone ?? user.timezone,
    isActive: changes.isActive ?? user.isActive,
    isOperator: changes.isOperator,
    password: changes.password,
    identity: changes.identity,
  };
  return changeUser(tx, editor, known, input, hash);
}
