import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { ValidationError } from '../lib/errors.ts';
import { isRight, type OperatorToken } from './operator.ts';

const COLUMNS = [
  'operator_tokens.id',
  'name',
  'last_four as lastFour',
  'rights',
  'created_by as createdBy',
  'parent_id as parentId',
  'created_at as createdAt',
  'expires_at as expiresAt',
  'last_used_at as lastUsedAt',
] as const;

/** The token with this hash, unless it has expired, and whether its last use has to be noted. */
export async function liveTokenByHash(
  db: Db,
  hash: Uint8Array,
): Promise<{ token: OperatorToken; unnoted: boolean } | undefined> {
  const row = await db
    .selectFrom('operator_tokens')
    .select([
      ...COLUMNS,
      sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('unnoted'),
    ])
    .where('token_hash', '=', hash)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  const { unnoted, ...token } = row;
  return { token: withKnownRights(token), unnoted };
}

/** Notes that the token was used. Of several at once one writes. */
export async function updateLastUsed(db: Db, id: string): Promise<void> {
  await db
    .updateTable('operator_tokens')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('last_used_at', 'is', null),
        eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute();
}

/**
 * Returns false if the token was revoked or has expired. Otherwise a revocation waits until this
 * transaction ends.
 */
export async function lockLiveToken(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('operator_tokens')
    .select('id')
    .where('id', '=', id)
    .where((eb) =>
      eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`clock_timestamp()`)]),
    )
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes and revokes tokens one transaction at a time, so that a tree does not grow while it ends. */
export async function lockTokenTree(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stagedoor operator tokens'))`.execute(tx);
}

/** The token with this id and all that were made with it, directly or not: makers come first. */
export async function selectTokenTree(db: Db, id: string): Promise<OperatorToken[]> {
  const rows = await db
    .withRecursive('tree(id, depth)', (query) =>
      query
        .selectFrom('operator_tokens')
        .select(['operator_tokens.id', sql<number>`0`.as('depth')])
        .where('operator_tokens.id', '=', id)
        .unionAll(
          query
            .selectFrom('operator_tokens')
            .innerJoin('tree', 'tree.id', 'operator_tokens.parent_id')
            .select(['operator_tokens.id', sql<number>`tree.depth + 1`.as('depth')]),
        ),
    )
    .selectFrom('operator_tokens')
    .innerJoin('tree', 'tree.id', 'operator_tokens.id')
    .select(COLUMNS)
    .orderBy('tree.depth')
    .orderBy('operator_tokens.created_at')
    .orderBy('operator_tokens.id')
    .execute();
  return rows.map(withKnownRights);
}

/** The tokens that were made before a time, and all that were made with them, directly or not. */
export async function selectOlderTokens(db: Db, before: Date): Promise<OperatorToken[]> {
  const rows = await db
    .withRecursive('tree(id)', (query) =>
      query
        .selectFrom('operator_tokens')
        .select('operator_tokens.id')
        .where('operator_tokens.created_at', '<', before)
        .union(
          query
            .selectFrom('operator_tokens')
            .innerJoin('tree', 'tree.id', 'operator_tokens.parent_id')
            .select('operator_tokens.id'),
        ),
    )
    .selectFrom('operator_tokens')
    .where('operator_tokens.id', 'in', (query) => query.selectFrom('tree').select('tree.id'))
    .select(COLUMNS)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(withKnownRights);
}

/** One slice of the tokens, by when they were made. */
export async function listOperatorTokens(
  db: Db,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<OperatorToken>> {
  const count = await countEntries(db, { list: 'operator-tokens' });
  const rows = db.selectFrom('operator_tokens').select(COLUMNS);
  const part = await readSlice(
    rows,
    slice,
    { by: { created_at: 'time', id: 'text' }, direction },
    count,
  );
  return { ...part, entries: part.entries.map(withKnownRights) };
}

/** Columns of a new token. */
export type NewTokenRow = Pick<
  OperatorToken,
  'id' | 'name' | 'lastFour' | 'rights' | 'createdBy' | 'parentId' | 'expiresAt'
> & { readonly hash: Uint8Array };

/** @throws ValidationError if another token has that name, or had it before it was revoked */
export async function insertToken(tx: Tx, token: NewTokenRow): Promise<OperatorToken> {
  const name = await tx
    .insertInto('operator_token_names')
    .values({ name: token.name, token_id: token.id })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst();
  if (name === undefined) {
    throw new ValidationError({ name: ['Another token has or had this name.'] });
  }
  const row = await tx
    .insertInto('operator_tokens')
    .values({
      id: token.id,
      name: token.name,
      token_hash: token.hash,
      last_four: token.lastFour,
      rights: [...token.rights],
      created_by: token.createdBy,
      parent_id: token.parentId,
      expires_at: token.expiresAt,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return withKnownRights(row);
}

/** Gives the tokens that a token has made to the token that made it. */
export async function updateParent(tx: Tx, from: string, to: string | null): Promise<void> {
  await tx
    .updateTable('operator_tokens')
    .set({ parent_id: to })
    .where('parent_id', '=', from)
    .execute();
}

/** Removes tokens; their names stay taken. */
export async function deleteTokens(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('operator_tokens')
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
}

/** Leaves out rights that only a later version knows. */
function withKnownRights(
  token: Omit<OperatorToken, 'rights'> & { rights: string[] },
): OperatorToken {
  return { ...token, rights: token.rights.filter(isRight) };
}
