import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { beginsWith } from '../db/begins-with.ts';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Ordering, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { emailKey } from '../lib/email.ts';
import {
  isDirectoryId,
  type ProvisionedUser,
  type User,
  type UserFilters,
  type UserOrdering,
} from './user.ts';

const COUNT = sql<string>`count(*)`.as('count');

const COMMON_COLUMNS = [
  'users.id',
  'users.email',
  'users.full_name as fullName',
  'users.is_active as isActive',
  'users.is_operator as isOperator',
] as const;

/** The columns of a `User`: what they have chosen goes before what the platform says. */
export const USER = [
  ...COMMON_COLUMNS,
  sql<string>`coalesce(users.chosen_locale, users.locale)`.as('locale'),
  sql<string>`coalesce(users.chosen_timezone, users.timezone)`.as('timezone'),
] as const;

/** Of a `ProvisionedUser`. */
const PROVISIONED = [
  ...COMMON_COLUMNS,
  'users.locale',
  'users.timezone',
  'users.chosen_locale',
  'users.chosen_timezone',
] as const;

const NAME = sql<string>`coalesce(nullif(full_name, ''), email)`.as('name');

/** A user and the hash of the password; the hash goes no further than this capability. */
export interface UserCredentials<U extends User = User> {
  readonly user: U;
  readonly passwordHash: string | null;
}

/** Returns the user with this ID, active or not. */
export async function findUser(db: Db, id: string): Promise<User | undefined> {
  return isDirectoryId(id)
    ? db.selectFrom('users').select(USER).where('id', '=', id).executeTakeFirst()
    : undefined;
}

/** Returns the user with this ID, unless deactivated. */
export async function findActiveUser(db: Db, id: string): Promise<User | undefined> {
  const user = await findUser(db, id);
  return user?.isActive ? user : undefined;
}

/** Returns the user with this ID, active or not, as the platform says. */
export async function findProvisionedUser(
  db: Db,
  id: string,
): Promise<ProvisionedUser | undefined> {
  const row = isDirectoryId(id)
    ? await db.selectFrom('users').select(PROVISIONED).where('id', '=', id).executeTakeFirst()
    : undefined;
  return row && toProvisioned(row);
}

/** Returns the user with this e-mail address, see `emailKey`, and the password's hash. */
export async function credentialsByEmail(
  db: Db,
  email: string,
): Promise<UserCredentials | undefined> {
  const key = emailKey(email);
  return key === undefined
    ? undefined
    : split(await credentials(db).where('email_key', '=', key).executeTakeFirst());
}

/** As `credentialsByEmail`, by the id. */
export async function credentialsById(db: Db, id: string): Promise<UserCredentials | undefined> {
  return split(await credentials(db).where('id', '=', id).executeTakeFirst());
}

function credentials(db: Db) {
  return db.selectFrom('users').select([...USER, 'password_hash as passwordHash']);
}

/**
 * Returns the id of the user with this e-mail address, who is not deleted until the transaction ends:
 * a log entry that a deletion does not see would keep its network address. Returns undefined for a user
 * who is being deleted, or whose address is being changed: an import may take minutes.
 */
export async function holdIdByEmail(tx: Tx, email: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('users')
    .select('id')
    .where('email_key', '=', emailKey(email) ?? '')
    .forKeyShare()
    .skipLocked()
    .executeTakeFirst();
  return row?.id;
}

/** The hashes of these users' passwords, by id; null where there is none. */
export async function selectPasswordHashes(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await db
    .selectFrom('users')
    .select(['id', 'password_hash'])
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row.password_hash]));
}

/**
 * The user, locked until the transaction ends. What only refers to the user does not wait for it,
 * except for a deletion: it locks the user before anything that refers to the user.
 */
export async function lockUser(
  tx: Tx,
  id: string,
  { forDeletion }: { readonly forDeletion: boolean } = { forDeletion: false },
): Promise<UserCredentials<ProvisionedUser> | undefined> {
  const row = await tx
    .selectFrom('users')
    .select([...PROVISIONED, 'password_hash as passwordHash'])
    .where('id', '=', id)
    .$if(!forDeletion, (query) => query.forNoKeyUpdate())
    .$if(forDeletion, (query) => query.forUpdate())
    .executeTakeFirst();
  const locked = split(row);
  return locked && { ...locked, user: toProvisioned(locked.user) };
}

function split<U extends { passwordHash: string | null }>(row: U | undefined) {
  if (row === undefined) {
    return undefined;
  }
  const { passwordHash, ...user } = row;
  return { user, passwordHash };
}

function toProvisioned({
  chosen_locale: locale,
  chosen_timezone: timezone,
  ...user
}: User & { chosen_locale: string | null; chosen_timezone: string | null }): ProvisionedUser {
  return { ...user, chosen: { locale, timezone } };
}

/** Tests if the user is an active operator, and stays so until the transaction ends. */
export async function lockOperatorUser(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', id)
    .where(sql<SqlBool>`is_operator and is_active`)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Returns the names, or addresses, of the active operators except one, at most five. */
export async function selectOtherOperators(db: Db, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('users')
    .select(NAME)
    .where('id', '<>', id)
    .where(sql<SqlBool>`is_operator and is_active`)
    .orderBy('id')
    .limit(5)
    .execute();
  return rows.map(({ name }) => name);
}

/** One slice of the users. */
export async function listUsers(
  db: Db,
  slice: Slice,
  { email, isActive, isOperator, search }: UserFilters = {},
  { field, direction }: Ordering<UserOrdering> = { field: 'id', direction: 'asc' },
): Promise<Sliced<ProvisionedUser>> {
  const found = db
    .selectFrom('users')
    .$if(email !== undefined, (query) => query.where('email_key', '=', emailKey(email ?? '') ?? ''))
    // As words of the statement, not as parameters: only so an index of the inactive ones is used.
    .$if(isActive !== undefined, (query) =>
      query.where(isActive ? sql<SqlBool>`is_active` : sql<SqlBool>`not is_active`),
    )
    .$if(search !== undefined, (query) => query.where(matches(db, search ?? '')));
  const operators = found.where(sql<SqlBool>`is_operator`);
  const others = found.where(sql<SqlBool>`not is_operator`);
  const filtered = isOperator === undefined ? found : isOperator ? operators : others;
  const countRows = async (rows: typeof found) =>
    Number((await rows.select(COUNT).executeTakeFirstOrThrow()).count);
  const countAll = () => countEntries(db, { list: 'users', facet: isActive?.toString() });
  // An address is one user's, and operators are few: there is little to read. The others are many.
  const isShort = email !== undefined || search !== undefined || isOperator === true;
  const count = isShort
    ? await countRows(filtered)
    : Math.max(0, (await countAll()) - (isOperator === undefined ? 0 : await countRows(operators)));
  const rows = filtered.select(PROVISIONED);
  const part = await readSlice(
    rows,
    slice,
    { by: { [field === 'email' ? 'email_key' : 'id']: 'text' }, direction },
    count,
  );
  return { ...part, entries: part.entries.map(toProvisioned) };
}

/** Users of each way to match a search that are looked at. */
const MATCHES = 1_000;

/**
 * Matches users whose ID is the text, or whose address, name or last name begins with it, without
 * case. Each by an index, and at most 1,000 users each.
 */
function matches(db: Db, search: string) {
  const folded = (name: string) => sql<string>`lower(${name}::text)`;
  const key = emailKey(search) ?? search.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const found = (condition: RawBuilder<SqlBool>) =>
    db.selectFrom('users').select('id').where(condition).limit(MATCHES);
  const byName = found(beginsWith(sql`lower(full_name)`, folded(search)));
  // The last condition is that of the index.
  const byLastName = found(
    beginsWith(sql`lower(regexp_replace(full_name, '^.* ', ''))`, folded(search)),
  ).where(sql<SqlBool>`full_name like '% %'`);
  const byAddress = found(beginsWith(sql`email_key`, sql`${key}::text`));
  // As an array: PostgreSQL joins a subselect with the whole table.
  return sql<SqlBool>`users.id = any(array(
    select ${search}::text union ${byAddress} union ${byName} union ${byLastName}))`;
}

/** Returns the names, or addresses, of these users by their IDs. */
export async function selectUserNames(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('users')
    .select(['id', NAME])
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/**
 * Returns the ids that no user has. The other users can't be deleted until the transaction ends, so
 * that rows can refer to them.
 */
export async function findMissingUsers(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .orderBy('id')
    .forKeyShare()
    .execute();
  const existing = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !existing.has(id));
}
