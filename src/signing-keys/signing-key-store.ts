import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { type NewSigningKey, publishedAfter, type SigningKey } from './signing-key.ts';

/** Names the lock under which keys are made; any number that nothing else uses. */
const LOCK = 7_236_401;

/**
 * Waits for other processes that create or replace keys. The lock lasts until the transaction ends.
 */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(tx);
}

/** Returns all keys, the one that signs last first; their state follows the database's clock. */
export function selectSigningKeys(db: Db): Promise<SigningKey[]> {
  return db
    .selectFrom('signing_keys')
    .select(['kid', 'alg', 'public_jwk as publicJwk', 'sealed_private_jwk as sealedPrivateJwk'])
    .select(['created_at as createdAt', 'signs_from as signsFrom', 'retired_at as retiredAt'])
    .select([state.as('state'), signingFor.as('signingFor')])
    .orderBy('signs_from', 'desc')
    .execute();
}

const state = sql<SigningKey['state']>`case
  when retired_at <= now() then 'retired'
  when signs_from > now() then 'next'
  else 'signing' end`;
const signingFor = sql<number>`extract(epoch from now() - signs_from)::float8`;

/**
 * Adds a key that signs in `delay` seconds, and retires those before it at that moment.
 * @returns the moment
 */
export async function insertSigningKey(tx: Tx, key: NewSigningKey, delay: number): Promise<Date> {
  const { signs_from } = await tx
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      alg: key.alg,
      public_jwk: JSON.stringify(key.publicJwk),
      sealed_private_jwk: key.sealedPrivateJwk,
      signs_from: sql`now() + make_interval(secs => ${delay})`,
    })
    .returning('signs_from')
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('signing_keys')
    .set({ retired_at: signs_from })
    .where('retired_at', 'is', null)
    .where('kid', '<>', key.kid)
    .execute();
  return signs_from;
}

/** Deletes all keys but one, public and private part. */
export async function deleteOtherSigningKeys(tx: Tx, kid: string): Promise<void> {
  await tx.deleteFrom('signing_keys').where('kid', '<>', kid).execute();
}

/**
 * Deletes retired keys, public and private part, once nothing that they signed lives.
 * @returns the number of deleted keys
 */
export async function purgeSigningKeys(
  db: Db,
  config: { readonly accessTokenTtl: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('signing_keys')
    .where('retired_at', '<', sql<Date>`now() - make_interval(secs => ${publishedAfter(config)})`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
