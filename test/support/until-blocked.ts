import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import { until } from './outbox.ts';

/** Waits until so many transactions of this database wait for a lock. */
export async function untilBlocked({ db }: Pick<Database, 'db'>, count = 1): Promise<void> {
  const waiting = sql<{ blocked: number }>`
    select count(*)::int as blocked from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await waiting.execute(db)).rows[0]?.blocked === count);
}
