import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Batch } from '../db/delete-due.ts';
import { isLiveGrant } from '../db/live-grant.ts';

/** Grants from which on the users of an application are counted by a job, and not for each page. */
export const MANY_GRANTS = 2_000;

/** Returns the applications with more grants than that, by the counters of the list of grants. */
export async function selectLargeApplications(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('list_changes')
    .select('facet')
    .where('list', '=', 'grants')
    .where('facet', '<>', '')
    .groupBy('facet')
    .having(sql<SqlBool>`sum(entries) > ${sql.lit(MANY_GRANTS)}`)
    .orderBy('facet')
    .execute();
  return rows.map(({ facet }) => facet);
}

/** Counts the connected users of an application, unless it was deleted. */
export async function countUsage(db: Db, clientId: string): Promise<void> {
  await sql`
    insert into application_usage (client_id, users, last_used_at)
    select a.client_id, counted.users, counted.last_used_at
    from applications a, (
      select (count(distinct user_id) filter (where ${sql.raw(isLiveGrant('grants'))}))::int as users,
        max(last_used_at) as last_used_at
      from grants where client_id = ${clientId}
    ) counted
    where a.client_id = ${clientId}
    on conflict (client_id) do update set users = excluded.users,
      last_used_at = excluded.last_used_at, counted_at = now()
  `.execute(db);
}

/** Deletes the figures of all other applications. */
export async function keepUsage(db: Db, clientIds: readonly string[]): Promise<void> {
  await db
    .deleteFrom('application_usage')
    .where(sql<SqlBool>`client_id <> all (${[...clientIds]}::text[])`)
    .execute();
}

/**
 * Counts the connected users of applications with many grants, one application per call.
 * @returns a function that does the next one
 */
export function countLargeApplications(db: Db): () => Promise<Batch> {
  let left: string[] | undefined;
  return async () => {
    if (left === undefined) {
      left = await selectLargeApplications(db);
      await keepUsage(db, left);
    }
    const next = left.shift();
    if (next === undefined) {
      return { rows: 0, more: false };
    }
    await countUsage(db, next);
    return { rows: 1, more: left.length > 0 };
  };
}
