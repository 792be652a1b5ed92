import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Rows that one statement deletes at most, so that none holds locks for long. */
const BATCH = 5_000;

type Expiring =
  | 'interactions'
  | 'pushed_authorization_requests'
  | 'sessions'
  | 'upstream_logout_tokens'
  | 'upstream_logouts'
  | 'upstream_sign_ins';

/**
 * Deletes the rows whose `expires_at` has passed, in batches.
 * @param grace PostgreSQL interval for which expired rows are kept
 */
export async function deleteExpired(db: Db, table: Expiring, grace: string): Promise<void> {
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)}
        where expires_at <= now() - ${grace}::interval limit ${BATCH}
      ))
    `.execute(db);
    if (numAffectedRows < BATCH) {
      return;
    }
  }
}
