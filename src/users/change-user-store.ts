import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isPendingDeletion } from '../db/pending-deletion.ts';
import type { Tx } from '../db/transaction.ts';
import { emailKey } from '../lib/email.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import type { Preferences, ProvisionedUser, User } from './user.ts';

/**
 * Adds a user; returns false if one with this ID exists.
 * @throws ValidationError if the e-mail address is another user's; StagedoorError `conflict` if a
 *   deleted user with this ID still has grants
 */
export async function insertUser(
  tx: Tx,
  user: User,
  passwordHash: string | null,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('users')
    .values({ id: user.id, ...userColumns(user, passwordHash) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
    .catch(refuseTakenEmail);
  return inserted !== undefined;
}

/** @throws ValidationError if the e-mail address is another user's */
export async function updateUser(
  tx: Tx,
  user: ProvisionedUser,
  passwordHash: string | null,
): Promise<void> {
  await tx
    .updateTable('users')
    .set({ ...userColumns(user, passwordHash), updated_at: sql<Date>`now()` })
    .where('id', '=', user.id)
    .execute()
    .catch(refuseTakenEmail);
}

/** Sets the password of a user. */
export async function updatePassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ password_hash: passwordHash, updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .execute();
}

export async function updatePreferences(
  tx: Tx,
  userId: string,
  { locale, timezone }: Preferences,
): Promise<void> {
  await tx
    .updateTable('users')
    .set({ chosen_locale: locale, chosen_timezone: timezone })
    .where('id', '=', userId)
    .execute();
}

function userColumns(user: User, passwordHash: string | null) {
  return {
    email: user.email,
    // An address from before there were keys may have none. No user is found by it.
    email_key: emailKey(user.email) ?? user.email,
    full_name: user.fullName,
    locale: user.locale,
    timezone: user.timezone,
    is_active: user.isActive,
    is_operator: user.isOperator,
    password_hash: passwordHash,
  };
}

/** Relies on the unique index: two concurrent requests could both find the address free. */
function refuseTakenEmail(error: unknown): never {
  if (isPendingDeletion(error)) {
    throw new StagedoorError(
      'conflict',
      'A deleted user with this ID still has authorizations, which are being removed. Try again later.',
      { cause: error },
    );
  }
  if (
    error instanceof Error &&
    'code' in error &&
    error.code === '23505' &&
    'constraint' in error &&
    error.constraint === 'users_email_key'
  ) {
    throw new ValidationError({ email: ['This e-mail address is already in use.'] });
  }
  throw error;
}

/** Removes the user; memberships and sessions go with it, by foreign key. */
export async function deleteUserRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('users').where('id', '=', id).execute();
}

/** Deletes offers of an application to these addresses that no active user had. */
export async function deleteOffersTo(tx: Tx, addresses: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('application_transfers')
    .where('to_email', '=', sql<string>`any(${[...addresses]}::text[])`)
    .execute();
}

/** Replaces the hash of the same password, unless the password was changed meanwhile. */
export async function replaceHash(
  db: Db,
  id: string,
  before: string,
  passwordHash: string,
): Promise<void> {
  await db
    .updateTable('users')
    .set({ password_hash: passwordHash })
    .where('id', '=', id)
    .where('password_hash', '=', before)
    .execute();
}
