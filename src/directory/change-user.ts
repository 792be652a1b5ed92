import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { endSessionsOf } from './end-sessions.ts';
import { type HashPassword, hashUnlessKnown } from './password.ts';
import { setIdentity } from './set-identity.ts';
import { tellPasswordChange } from './tell-password-change.ts';
import { addressed, type ProvisionedUser, type UserInput } from './user.ts';
import { type UserCredentials, updateUser } from './user-store.ts';

const FIELDS = ['email', 'fullName', 'locale', 'timezone', 'isActive'] as const;

/**
 * Makes a locked user exactly this. No difference: nothing is written or logged. Deactivating,
 * another password or another subject upstream signs the user out everywhere.
 * @throws ValidationError where the e-mail address or the subject is another user's
 */
export async function changeUser(
  tx: Tx,
  actor: Actor,
  { user, passwordHash }: UserCredentials<ProvisionedUser>,
  { password, identity, ...fields }: UserInput,
  hash: HashPassword = hashUnlessKnown,
): Promise<{ user: ProvisionedUser; changed: boolean }> {
  const changed: string[] = FIELDS.filter((field) => fields[field] !== user[field]);
  const given = typeof password === 'string' ? await hash(password, passwordHash) : password;
  const newHash = given === undefined ? passwordHash : given;
  if (newHash !== passwordHash) {
    changed.push('password');
  }
  const replaced = identity && (await setIdentity(tx, user.id, identity));
  if (replaced !== undefined) {
    changed.push('upstream_subject');
  }
  if (changed.length === 0) {
    return { user, changed: false };
  }
  const updated = { id: user.id, ...fields, chosen: user.chosen };
  await updateUser(tx, updated, newHash);
  const isAnother = replaced !== undefined && replaced.before !== null;
  if (!updated.isActive || newHash !== passwordHash || isAnother) {
    await endSessionsOf(tx, user.id);
  }
  const told = passwordHash !== null && newHash !== passwordHash;
  if (told) {
    await tellPasswordChange(tx, {
      user: addressed(updated),
      actor,
      removed: newHash === null,
      formerEmail: user.email,
    });
  }
  // Where only the password was changed, that is told already.
  if (!told || changed.length > 1) {
    await recordUserChange(tx, actor, user.id, changed);
  }
  return { user: updated, changed: true };
}

/** Logs that a user was created or changed; `changed` names the fields, never their values. */
export async function recordUserChange(
  tx: Tx,
  actor: Actor,
  userId: string,
  changed: readonly string[],
): Promise<void> {
  await record(tx, {
    action: 'stagedoor.directory.user.changed',
    actor,
    userId,
    data: { changed },
  });
}
