import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Identity, User } from './user.ts';

/** The user whom this identity belongs to, active or not. */
export function userByIdentity(db: Db, { issuer, subject }: Identity): Promise<User | undefined> {
  return db
    .selectFrom('user_identities as i')
    .innerJoin('users as u', 'u.id', 'i.user_id')
    .select([
      'u.id',
      'u.email',
      'u.full_name as fullName',
      'u.locale',
      'u.timezone',
      'u.is_active as isActive',
    ])
    .where('i.issuer', '=', issuer)
    .where('i.subject', '=', subject)
    .executeTakeFirst();
}

/**
 * Gives the user this identity; false where it is somebody's already, or where the user has
 * another one of this issuer.
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

/** Erases the user's password, if there is one. */
export async function erasePassword(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ password_hash: null, updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .where('password_hash', 'is not', null)
    .execute();
}
