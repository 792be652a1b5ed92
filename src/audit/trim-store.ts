import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';

/** Advisory lock of trimming; any number that nothing else uses. */
const TRIM_LOCK = 7_236_402;

/**
 * Deletes entries of the log that are older than the retention, the oldest first, at most `limit`.
 * Any number of processes may do so at once: one of them does it. The database refuses to delete
 * what is younger than 30 days, whatever the setting says.
 * @param retentionDays 0: entries are kept for ever
 * @returns how many were deleted
 */
export async function trimLog(db: Db, retentionDays: number, limit: number): Promise<number> {
  return retentionDays === 0
    ? 0
    : inTransaction(db, (tx) => deleteOldEvents(tx, retentionDays, limit));
}

/** Sets a flag for its own transaction, without which the trigger refuses. */
async function deleteOldEvents(tx: Tx, days: number, limit: number): Promise<number> {
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
