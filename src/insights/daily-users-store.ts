import { type SqlBool, sql } from 'kysely';
import { USAGE } from '../applications/own-store.ts';
import type { Db } from '../db/database.ts';

/**
 * Counts the connected users of at most `limit` applications that were used since the last run, once a day
 * each.
 * @returns how many applications it counted
 */
export async function countDailyUsers(db: Db, limit: number): Promise<number> {
  const today = sql<Date>`(now() at time zone 'UTC')::date`;
  const [connectedUsers] = USAGE;
  // The job runs every hour.
  const due = sql<SqlBool>`applications.client_id = any(array(
    select client_id from token_counts t where at > now() - interval '2 hours' and not exists (
      select from application_days d
      where d.client_id = t.client_id and d.day = ${today} and d.users is not null
    )
  ))`;
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('application_days')
    .columns(['client_id', 'day', 'users'])
    .expression((eb) =>
      eb
        .selectFrom('applications')
        .leftJoin('application_usage as usage', 'usage.client_id', 'applications.client_id')
        .select(['applications.client_id', today.as('day'), connectedUsers])
        .where(due)
        .orderBy('applications.client_id')
        .limit(limit)
        .forKeyShare('applications')
        .skipLocked(),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['client_id', 'day'])
        .doUpdateSet((eb) => ({ users: eb.ref('excluded.users') })),
    )
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows);
}
