import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

/** Names the lock of whoever trims the log; any number that nothing else uses. */
const TRIM_LOCK = 7_236_402;

/**
 * Deletes the oldest entries that are older than `days`, at most `limit`. Says so for its own
 * transaction, or the trigger refuses; and nobody else can do the same until the transaction ends.
 * @returns how many; none where somebody else is at it
 */
export async function deleteOldEvents(tx: Tx, days: number, limit: number): Promise<number> {
  // A lock of the rows would need the right to update them, which nobody should have to be given.
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(TRIM_LOCK)}) as locked,
      set_config('stagedoor.trim_log', 'on', true)
  `.execute(tx);
  if (rows[0]?.locked !== true) {
    return 0;
  }
  const { numDeletedRows } = await tx
    .deleteFrom('audit_events')
    .where('id', 'in', (query) =>
      query
        .selectFrom('audit_events')
        .select('id')
        .where('happened_at', '<', sql<Date>`now() - make_interval(days => ${days})`)
        .orderBy('happened_at')
        .limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
