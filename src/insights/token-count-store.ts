import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { TokenCount } from './statistics.ts';

/** Token responses of an application that are not counted yet. */
export interface NewTokenCount {
  readonly clientId: string;
  issued: number;
  refreshed: number;
}

/**
 * Adds counts to those of the present quarter of an hour: every time zone's days begin at one, and both
 * engines count alike, whatever time zones they know. Leaves out deleted applications. The order keeps
 * processes from a deadlock.
 */
export async function addTokenCounts(db: Db, counts: readonly NewTokenCount[]): Promise<void> {
  const rows = counts.map(({ clientId, issued, refreshed }) => ({
    client_id: clientId,
    issued,
    refreshed,
  }));
  await sql`
    insert into token_counts as t (client_id, at, issued, refreshed)
    select client_id, date_bin('15 minutes', now(), timestamptz '2000-01-01 00:00:00+00'),
      added.issued, added.refreshed
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as added (client_id text, issued int, refreshed int)
    join applications using (client_id)
    order by client_id
    on conflict (client_id, at) do update
      set issued = t.issued + excluded.issued, refreshed = t.refreshed + excluded.refreshed
  `.execute(db);
}

/** Returns token responses of an application since `since`, by quarter of an hour. */
export function tokenCounts(db: Db, clientId: string, since: Date): Promise<TokenCount[]> {
  return db
    .selectFrom('token_counts')
    .select(['at', 'issued', 'refreshed'])
    .where('client_id', '=', clientId)
    .where('at', '>=', sql<Date>`${since}::timestamptz`)
    .execute();
}
