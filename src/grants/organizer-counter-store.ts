import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Batch } from '../db/delete-due.ts';

/** Grants of an organizer from which on they are counted by sums, and not one by one for each list. */
export const MANY_GRANTS = 10_000;

/** Returns the name of the counters of an organizer in `list_changes`. */
export function organizerList(slug: string): string {
  return `grants/${slug}`;
}

/** Tests if the counters of an organizer are complete. */
export async function hasCounters(db: Db, slug: string): Promise<boolean> {
  const row = await db
    .selectFrom('organizer_counters')
    .select('counted_at')
    .where('organizer_slug', '=', slug)
    .executeTakeFirst();
  return row !== undefined && row.counted_at !== null;
}

/**
 * Begins counters for organizers with many grants, looking at some organizers per call, and then completes those
 * that can be, one per call. No transaction waits for it: an organizer is left for the next run if transactions
 * are still open that may have changed its grants without noting it.
 * @param many grants of an organizer from which on it has counters
 * @returns a function that does the next step, for as many organizers as it is given
 */
export function countLargeOrganizers(
  db: Db,
  many = MANY_GRANTS,
): (limit: number) => Promise<Batch> {
  let seen: string | undefined = '';
  let left: string[] = [];
  return async (limit) => {
    if (seen !== undefined) {
      seen = await beginCounters(db, { many, after: seen, limit });
      left = seen === undefined ? await selectIncomplete(db) : [];
      return { rows: 0, more: seen !== undefined || left.length > 0 };
    }
    const next = left.shift();
    if (next === undefined) {
      return { rows: 0, more: false };
    }
    const isComplete = await completeCounters(db, next);
    return { rows: isComplete ? 1 : 0, more: left.length > 0 };
  };
}

/**
 * Lets changes be noted for those of the next organizers that have many grants and no counters yet.
 * @returns the slug of the last one; undefined if there are no more
 */
async function beginCounters(
  db: Db,
  { many, after, limit }: { many: number; after: string; limit: number },
): Promise<string | undefined> {
  const { rows } = await sql<{ last: string | null; looked: number }>`
    with next as (
      select slug from organizers where slug > ${after} order by slug limit ${limit}
    ), begun as (
      insert into organizer_counters (organizer_slug)
      select n.slug from next n, lateral (
        select from grant_organizers o where o.organizer_slug = n.slug offset ${sql.lit(many)} limit 1
      ) one
      where not exists (select from organizer_counters c where c.organizer_slug = n.slug)
      on conflict (organizer_slug) do nothing
    )
    select max(slug) as last, count(*)::int as looked from next
  `.execute(db);
  // Of a row that is visible now, the transactions that did not see it began before this one got its ID.
  await sql`
    update organizer_counters set complete_after = pg_current_xact_id() where complete_after is null
  `.execute(db);
  const [next] = rows;
  return next?.looked === limit ? (next.last ?? undefined) : undefined;
}

async function selectIncomplete(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('organizer_counters')
    .select('organizer_slug')
    .where('counted_at', 'is', null)
    .orderBy('organizer_slug')
    .execute();
  return rows.map(({ organizer_slug }) => organizer_slug);
}

/**
 * Adds what the counters of an organizer lack, in one statement: its grants less the changes that were noted,
 * both of the same snapshot. Changes that the snapshot lacks are noted in any case.
 * @returns false if transactions are still open that may not have noted their changes
 */
async function completeCounters(db: Db, slug: string): Promise<boolean> {
  const { rows } = await sql<{ completed: boolean }>`
    with completed as (
      update organizer_counters set counted_at = now()
      where organizer_slug = ${slug} and counted_at is null
        and complete_after < pg_snapshot_xmin(pg_current_snapshot())
      returning organizer_slug
    ), missing as (
      select g.client_id, last_day(g.revoked_at, g.expires_at, g.ends_at) as day, count(*) as entries
      from completed c
      join grant_organizers o on o.organizer_slug = c.organizer_slug
      join grants g on g.id = o.grant_id
      group by 1, 2
      union all
      select n.facet, n.day, -n.entries from completed, list_changes n
      where n.list = ${organizerList(slug)}
    ), written as (
      insert into list_changes (list, facet, day, entries, changes)
      select ${organizerList(slug)}, client_id, day, sum(entries), 0 from missing
      group by client_id, day having sum(entries) <> 0
    )
    select exists (select from completed) as completed
  `.execute(db);
  return rows[0]?.completed ?? false;
}
