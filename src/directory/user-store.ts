import { sql } from 'kysely';
import type { Slice, Sliced } from '../api/list.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { ValidationError } from '../errors.ts';
import type { User } from './user.ts';

const USER = [
  'id',
  'email',
  'full_name as fullName',
  'locale',
  'timezone',
  'is_active as isActive',
] as const;

/** A user and the hash of the password; the hash goes no further than this capability. */
export interface UserCredentials {
  readonly user: User;
  readonly passwordHash: string | null;
}

/** The user with this id, active or not. */
export function userById(db: Db, id: string): Promise<User | undefined> {
  return db.selectFrom('users').select(USER).where('id', '=', id).executeTakeFirst();
}

/** The user with this e-mail address, in whatever case, and the password's hash. */
export async function credentialsByEmail(
  db: Db,
  email: string,
): Promise<UserCredentials | undefined> {
  return split(
    await db
      .selectFrom('users')
      .select([...USER, 'password_hash as passwordHash'])
      .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', sql<string>`lower(${email}::text)`))
      .executeTakeFirst(),
  );
}

/** The user, locked until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<UserCredentials | undefined> {
  return split(
    await tx
      .selectFrom('users')
      .select([...USER, 'password_hash as passwordHash'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  );
}

function split(row: (User & { passwordHash: string | null }) | undefined) {
  if (row === undefined) {
    return undefined;
  }
  const { passwordHash, ...user } = row;
  return { user, passwordHash };
}

/** One slice of the users, by id. */
export async function listUserRows(db: Db, { limit, offset }: Slice): Promise<Sliced<User>> {
  const entries = await db
    .selectFrom('users')
    .select(USER)
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
  const total = await db
    .selectFrom('users')
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return { entries, count: total.count };
}

/**
 * Adds a user; false where one with this id is there already.
 * @throws ValidationError where the e-mail address is another user's
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

/** @throws ValidationError where the e-mail address is another user's */
export async function updateUser(tx: Tx, user: User, passwordHash: string | null): Promise<void> {
  await tx
    .updateTable('users')
    .set({ ...userColumns(user, passwordHash), updated_at: sql<Date>`now()` })
    .where('id', '=', user.id)
    .execute()
    .catch(refuseTakenEmail);
}

function userColumns(user: User, passwordHash: string | null) {
  return {
    email: user.email,
    full_name: user.fullName,
    locale: user.locale,
    timezone: user.timezone,
    is_active: user.isActive,
    password_hash: passwordHash,
  };
}

/** The unique index decides, not a look before: two requests at once can both look. */
function refuseTakenEmail(error: unknown): never {
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

/** Removes the user; memberships, grants, tokens and sessions go with it, by foreign key. */
export async function deleteUserRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('users').where('id', '=', id).execute();
}

/** Signs the user out everywhere. */
export async function deleteSessionsOf(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
}

/** Which of these ids are users'. They can't be deleted until the transaction ends. */
export async function lockExistingUsers(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .orderBy('id')
    .forKeyShare()
    .execute();
  return rows.map((row) => row.id);
}
