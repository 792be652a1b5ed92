import { type SqlBool, sql } from 'kysely';
import { USAGE } from '../applications/own-store.ts';
import type { Db } from '../db/database.ts';
import type { DayCounts, RequestCounts, TimedCounts } from './statistics.ts';

/**
 * Hours for which requests are counted by the quarter of an hour: 30 days in any time zone. Half a day less
 * than 32 days, when a process of an earlier release would delete the counts.
 */
const RECENT_HOURS = 32 * 24 - 12;

/** Requests of an application that are not written yet; the counter adds to the numbers. */
export type NewRequestCount = { readonly clientId: string } & {
  -readonly [Kind in keyof RequestCounts]: RequestCounts[Kind];
};

/**
 * Adds counts to those of the present quarter of an hour: every time zone's days begin at one, and both
 * engines count alike, whatever time zones they know. Leaves out deleted applications. The order keeps
 * processes from a deadlock.
 */
export async function addRequestCounts(db: Db, counts: readonly NewRequestCount[]): Promise<void> {
  const rows = counts.map(({ clientId, refreshFailed, apiCalls, ...count }) => ({
    client_id: clientId,
    refresh_failed: refreshFailed,
    api_calls: apiCalls,
    ...count,
  }));
  await sql`
    insert into token_counts as t (client_id, at, issued, refreshed, failed, refresh_failed, api_calls)
    select client_id, date_bin('15 minutes', now(), timestamptz '2000-01-01 00:00:00+00'),
      added.issued, added.refreshed, added.failed, added.refresh_failed, added.api_calls
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as added (
      client_id text, issued int, refreshed int, failed int, refresh_failed int, api_calls int
    )
    join applications using (client_id)
    order by client_id
    on conflict (client_id, at) do update
      set issued = t.issued + excluded.issued, refreshed = t.refreshed + excluded.refreshed,
        failed = t.failed + excluded.failed,
        refresh_failed = t.refresh_failed + excluded.refresh_failed,
        api_calls = t.api_calls + excluded.api_calls
  `.execute(db);
}

/** Requests of an application: of almost 32 days by the quarter of an hour, before by the day. */
export async function selectRequestCounts(
  db: Db,
  clientId: string,
  since: Date,
): Promise<{ recent: TimedCounts[]; earlier: DayCounts[] }> {
  const counts = [
    'issued',
    'refreshed',
    'failed',
    'refresh_failed as refreshFailed',
    'api_calls as apiCalls',
  ] as const;
  const recent = await db
    .selectFrom('token_counts')
    .select(['at', ...counts])
    .where('client_id', '=', clientId)
    .where('at', '>=', sql<Date>`${since}::timestamptz`)
    .execute();
  const earlier = await db
    .selectFrom('application_days')
    .select([sql<string>`day::text`.as('day'), ...counts])
    .where('client_id', '=', clientId)
    .where('day', '>=', sql<Date>`${dateOf(since)}::date`)
    .execute();
  return { recent, earlier };
}

/** Returns the connected users of an application on a day in UTC, as last counted; undefined: never. */
export async function selectUsersOn(
  db: Db,
  clientId: string,
  day: Date,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('application_days')
    .select('users')
    .where('client_id', '=', clientId)
    .where('day', '<=', sql<Date>`${dateOf(day)}::date`)
    .where('users', 'is not', null)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.users ?? undefined;
}

/**
 * Adds counts that are almost 32 days old, at most `limit`, to those of their day. Leaves out applications
 * that are being deleted, which would wait for these rows and be waited for.
 * @returns how many
 */
export async function foldRequestCounts(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ folded: number }>`
    with folded as (
      delete from token_counts where ctid = any(array(
        select t.ctid from token_counts t join applications a using (client_id)
        where t.at < now() - make_interval(hours => ${RECENT_HOURS}::int)
        order by t.at limit ${limit} for update of t skip locked for key share of a skip locked
      ))
      returning *
    ), added as (
      insert into application_days as d
        (client_id, day, issued, refreshed, failed, refresh_failed, api_calls)
      select client_id, (at at time zone 'UTC')::date as day, sum(issued), sum(refreshed),
        sum(failed), sum(refresh_failed), sum(api_calls)
      from folded group by 1, 2 order by 1, 2
      on conflict (client_id, day) do update
        set issued = d.issued + excluded.issued, refreshed = d.refreshed + excluded.refreshed,
          failed = d.failed + excluded.failed,
          refresh_failed = d.refresh_failed + excluded.refresh_failed,
          api_calls = d.api_calls + excluded.api_calls
    )
    select count(*)::int as folded from folded
  `.execute(db);
  return rows[0]?.folded ?? 0;
}

function dateOf(when: Date): string {
  return when.toISOString().slice(0, 10);
}

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
