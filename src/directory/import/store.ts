import { sql } from 'kysely';
import type { Tx } from '../../db/transaction.ts';

/**
 * Takes the right to import atomically until the transaction ends; false if another import has it.
 */
export async function tryAtomicImport(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('stagedoor atomic import')) as taken
  `.execute(tx);
  return rows[0]?.taken === true;
}
