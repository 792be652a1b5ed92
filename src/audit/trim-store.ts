import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

/** Advisory lock of trimming; any number that nothing else uses. */
const TRIM_LOCK = 7_236_402;

/**
 * Deletes the oldest entries that are older than `days`, at most `limit`. Sets a flag for its own
 * transaction, without which the trigger refuses; only one transaction at a time can trim.
 * @returns number of deleted entries; 0 if another transaction is trimming
 */
export async function deleteOldEvents(tx: Tx, days: number, limit: number): Promise<number> {
  // A row lock would need the right to update the rows, which no role should have.
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(TRIM_LOCK)}) as locked,
      set_config('stagedoor.trim_log', 'on', true)
  `.execute(tx);
  if (rows[0]?.locked !== true) {
    return 0;
  }
  // As an array: PostgreSQL joins a subselect with the whole table.
  const { numAffectedRows = 0n } = await sql`
    delete from audit_events where id = any(array(
      select id from audit_events where happened_at < now() - make_interval(days => ${days})
      order by happened_at limit ${limit}
    ))
  `.execute(tx);
  return Number(numAffectedRows);
}
