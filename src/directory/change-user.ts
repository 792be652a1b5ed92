import { enqueueMail } from '../audit/enqueue-mail.ts';
import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { type HashPassword, hashUnlessKnown } from './password.ts';
import { setIdentity } from './set-identity.ts';
import type { User, UserInput } from './user.ts';
import { deleteSessionsOf, type UserCredentials, updateUser } from './user-store.ts';

const FIELDS = ['email', 'fullName', 'locale', 'timezone', 'isActive'] as const;

/**
 * Makes a locked user exactly this. No difference: nothing is written or logged. Deactivating,
 * another password or another subject upstream signs the user out everywhere.
 * @throws ValidationError where the e-mail address or the subject is another user's
 */
export async function changeUser(
  tx: Tx,
  actor: Actor,
  { user, passwordHash }: UserCredentials,
  { password, identity, ...fields }: UserInput,
  hash: HashPassword = hashUnlessKnown,
): Promise<{ user: User; changed: boolean }> {
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
  const updated: User = { id: user.id, ...fields };
  await updateUser(tx, updated, newHash);
  const isAnother = replaced !== undefined && replaced.before !== null;
  if (!updated.isActive || newHash !== passwordHash || isAnother) {
    await deleteSessionsOf(tx, user.id);
  }
  const told = passwordHash !== null && newHash !== passwordHash;
  if (told) {
    await tellPasswordChange(tx, actor, {
      before: user,
      after: updated,
      removed: newHash === null,
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

/**
 * Logs it where the user reads it, and tells them by mail; at the address of before, too, where
 * both are changed at once: whoever takes an account over would begin with these two.
 */
async function tellPasswordChange(
  tx: Tx,
  actor: Actor,
  change: { before: User; after: User; removed: boolean },
): Promise<void> {
  const { before, after, removed } = change;
  await record(tx, {
    action: 'stagedoor.user.password_changed',
    actor,
    userId: after.id,
    data: { removed },
  });
  for (const recipient of new Set([before.email, after.email])) {
    await enqueueMail(tx, {
      kind: 'password_changed',
      recipient,
      locale: after.locale,
      data: { at: new Date().toISOString(), timezone: after.timezone, removed },
    });
  }
}
