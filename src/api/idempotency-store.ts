import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';

/** Primary key of `idempotent_calls`. */
export interface CallKey {
  /** Id of the operator token. */
  readonly operator: string;
  readonly keyHash: Uint8Array;
}

/** Responses are kept for a day. */
const EXPIRED = sql<SqlBool>`created_at < now() - interval '1 day'`;
/** PostgreSQL's lock_not_available. */
const LOCK_TIMEOUT = '55P03';

/**
 * Claims a key for a call. If a call with the same key is running, its transaction holds the row: waits
 * two seconds for it, as for every lock.
 * @returns false if the key was claimed before
 * @throws StagedoorError `conflict` if the running call takes too long
 */
export async function insertCall(
  tx: Tx,
  { operator, keyHash }: CallKey,
  requestHash: Uint8Array,
): Promise<boolean> {
  return claim(tx, { operator, keyHash }, requestHash).catch(refuseUnderWay);
}

async function claim(
  tx: Tx,
  { operator, keyHash }: CallKey,
  requestHash: Uint8Array,
): Promise<boolean> {
  await tx
    .deleteFrom('idempotent_calls')
    .where('operator', '=', operator)
    .where('key_hash', '=', keyHash)
    .where(EXPIRED)
    .execute();
  const row = await tx
    .insertInto('idempotent_calls')
    .values({ operator, key_hash: keyHash, request_hash: requestHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning('operator')
    .executeTakeFirst();
  return row !== undefined;
}

function refuseUnderWay(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === LOCK_TIMEOUT) {
    throw new StagedoorError(
      'conflict',
      'A call with this Idempotency-Key is still under way. Try again shortly.',
    );
  }
  throw error;
}

/** Returns a call that has claimed its key. */
export async function selectCall(
  db: Db,
  { operator, keyHash }: CallKey,
): Promise<{ requestHash: Uint8Array; sealedAnswer: Uint8Array | null } | undefined> {
  const row = await db
    .selectFrom('idempotent_calls')
    .select(['request_hash', 'sealed_answer'])
    .where('operator', '=', operator)
    .where('key_hash', '=', keyHash)
    .executeTakeFirst();
  return row && { requestHash: row.request_hash, sealedAnswer: row.sealed_answer };
}

export async function updateAnswer(
  tx: Tx,
  { operator, keyHash }: CallKey,
  sealedAnswer: Uint8Array,
): Promise<void> {
  await tx
    .updateTable('idempotent_calls')
    .set({ sealed_answer: sealedAnswer })
    .where('operator', '=', operator)
    .where('key_hash', '=', keyHash)
    .execute();
}
