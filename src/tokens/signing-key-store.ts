import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

/** A signing key as it is stored. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: object;
  readonly sealedPrivateJwk: Uint8Array;
}

/** Names the lock under which the first key is made; any number that nothing else uses. */
const FIRST_KEY_LOCK = 7_236_401;

/** The sealed private keys, newest first, under a lock that lasts until the transaction ends. */
export async function selectSigningKeys(tx: Tx): Promise<Uint8Array[]> {
  await sql`select pg_advisory_xact_lock(${sql.lit(FIRST_KEY_LOCK)})`.execute(tx);
  const rows = await tx
    .selectFrom('signing_keys')
    .select('sealed_private_jwk')
    .where('retired_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => row.sealed_private_jwk);
}

/** Adds a key. */
export async function insertSigningKey(tx: Tx, key: StoredSigningKey): Promise<void> {
  await tx
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      alg: key.alg,
      public_jwk: JSON.stringify(key.publicJwk),
      sealed_private_jwk: key.sealedPrivateJwk,
      signs_from: sql`now()`,
    })
    .execute();
}
