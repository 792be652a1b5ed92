import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Direction, readFromNearerEnd, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { ValidationError } from '../errors.ts';
import { isRight, type OperatorToken } from './operator.ts';

const COLUMNS = [
  'id',
  'name',
  'last_four',
  'rights',
  'created_by',
  'created_at',
  'expires_at',
  'last_used_at',
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
  return row && { token: toToken(row), unnoted: row.unnoted };
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

/** The token with this id, locked until the transaction ends. */
export async function lockToken(tx: Tx, id: string): Promise<OperatorToken | undefined> {
  const row = await tx
    .selectFrom('operator_tokens')
    .select(COLUMNS)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toToken(row);
}

/** One slice of the tokens, by when they were made. */
export async function listTokenRows(
  db: Db,
  slice: Slice,
  direction: Direction,
): Promise<Sliced<OperatorToken>> {
  const count = await countEntries(db, { list: 'operator-tokens' });
  const rows = await readFromNearerEnd(slice, count, direction, (from, { limit, offset }) =>
    db
      .selectFrom('operator_tokens')
      .select(COLUMNS)
      .orderBy('created_at', from)
      .orderBy('id', from)
      .limit(limit)
      .offset(offset)
      .execute(),
  );
  return { count, entries: rows.map(toToken) };
}

/** What a new token is made of. */
export type NewTokenRow = Pick<
  OperatorToken,
  'id' | 'name' | 'lastFour' | 'rights' | 'createdBy' | 'expiresAt'
> & { readonly hash: Uint8Array };

/** @throws ValidationError where another token has that name */
export async function insertToken(tx: Tx, token: NewTokenRow): Promise<OperatorToken> {
  const row = await tx
    .insertInto('operator_tokens')
    .values({
      id: token.id,
      name: token.name,
      token_hash: token.hash,
      last_four: token.lastFour,
      rights: [...token.rights],
      created_by: token.createdBy,
      expires_at: token.expiresAt,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (row === undefined) {
    throw new ValidationError({ name: ['Another token has this name.'] });
  }
  return toToken(row);
}

/** Removes a token. */
export async function deleteToken(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('operator_tokens').where('id', '=', id).execute();
}

interface TokenRow {
  id: string;
  name: string;
  last_four: string;
  rights: string[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
}

function toToken(row: TokenRow): OperatorToken {
  return {
    id: row.id,
    name: row.name,
    lastFour: row.last_four,
    rights: row.rights.filter(isRight),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
