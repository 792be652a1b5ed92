import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { UsedProof } from './proof.ts';

/**
 * Records a used proof; false if it was used before, also by a transaction that is still open: the
 * lock fails instead of waiting for that transaction, which may wait for a row of the caller.
 * @see RFC 9449 §11.1
 */
export async function useProof(db: Db, { hash, lifetime }: UsedProof): Promise<boolean> {
  const { rows } = await sql`
    insert into dpop_proofs (proof_hash, expires_at)
    select ${hash}::bytea, now() + make_interval(secs => ${lifetime})
     where pg_try_advisory_xact_lock(${lockOf(hash)}::bigint)
        on conflict do nothing
    returning true
  `.execute(db);
  return rows.length > 0;
}

function lockOf(hash: Uint8Array): string {
  return Buffer.from(hash).readBigInt64BE().toString();
}
