import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { User, UserInput } from './user.ts';
import { deleteSessionsOf, type UserCredentials, updateUser } from './user-store.ts';

const FIELDS = ['email', 'fullName', 'locale', 'timezone', 'isActive'] as const;

/**
 * Makes a locked user exactly this. No difference: nothing is written or logged. Deactivating, or
 * another password, signs the user out everywhere.
 * @throws ValidationError where the e-mail address is another user's
 */
export async function changeUser(
  tx: Tx,
  actor: Actor,
  { user, passwordHash }: UserCredentials,
  { password, ...fields }: UserInput,
): Promise<User> {
  const changed: string[] = FIELDS.filter((field) => fields[field] !== user[field]);
  const newHash = await changedHash(passwordHash, password);
  if (newHash !== passwordHash) {
    changed.push('password');
  }
  if (changed.length === 0) {
    return user;
  }
  const updated: User = { id: user.id, ...fields };
  await updateUser(tx, updated, newHash);
  if (!updated.isActive || newHash !== passwordHash) {
    await deleteSessionsOf(tx, user.id);
  }
  await recordUserChange(tx, actor, user.id, changed);
  return updated;
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

/** The same password keeps its hash, so that sending it again is no change. */
async function changedHash(
  known: string | null,
  password: string | null | undefined,
): Promise<string | null> {
  if (password === undefined || password === null) {
    return password === null ? null : known;
  }
  return (await verifyPassword(known, password)) ? known : hashPassword(password);
}
