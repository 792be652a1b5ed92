import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Identity, User } from './user.ts';
import { USER } from './user-store.ts';

/** The user whom this identity belongs to, active or not. */
export function findUserByIdentity(
  db: Db,
  { issuer, subject }: Identity,
): Promise<User | undefined> {
  return db
    .selectFrom('user_identities as i')
    .innerJoin('users', 'users.id', 'i.user_id')
    .select(USER)
    .where('i.issuer', '=', issuer)
    .where('i.subject', '=', subject)
    .executeTakeFirst();
}

/**
 * Links an identity to a user; false if another user has it or the user has another one of this
 * issuer.
 */
export async function insertIdentity(tx: Tx, userId: string, identity: Identity): Promise<boolean> {
  const inserted = await tx
    .insertInto('user_identities')
    .values({ ...identity, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The subjects of these users at the issuer, by the id of the user. */
export async function selectSubjects(
  db: Db,
  issuer: string,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('user_identities')
    .select(['user_id', 'subject'])
    .where('issuer', '=', issuer)
    .where('user_id', '=', sql<string>`any(${[...userIds]}::text[])`)
    .execute();
  return new Map(rows.map(({ user_id, subject }) => [user_id, subject]));
}

/** Takes the user's identity at the issuer away. */
export async function deleteIdentity(tx: Tx, userId: string, issuer: string): Promise<void> {
  await tx
    .deleteFrom('user_identities')
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .execute();
}

/** Notes that the user is another one for those who list users. */
export async function touchUser(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .execute();
}

/** Erases the user's password; false where there is none. */
export async function erasePassword(tx: Tx, userId: string): Promise<boolean> {
  const erased = await tx
    .updateTable('users')
    .set({ password_hash: null, updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .where('password_hash', 'is not', null)
    .executeTakeFirst();
  return erased.numUpdatedRows > 0n;
}
