import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from './database.ts';

/** Counted entries of a list; see the comments of the table `list_changes`. */
export interface Counted {
  /** A list of the API: `users`, `teams/<slug of the organizer>`. */
  readonly list: string;
  /** Only those of this facet, or of any of these. */
  readonly facet?: string | readonly string[] | undefined;
  /** Only those whose day (UTC, as `2026-12-31`) is later. */
  readonly after?: string | undefined;
}

/**
 * Returns the exact number of entries of a list in the snapshot of `db`, from a sum over few rows.
 */
export async function countEntries(db: Db, { list, facet, after }: Counted): Promise<number> {
  const row = await db
    .selectFrom('list_changes')
    .select(sql<string>`coalesce(sum(entries), 0)`.as('count'))
    .where('list', '=', list)
    .$if(facet !== undefined, (query) =>
      query.where('facet', '=', sql<string>`any(${[facet ?? []].flat()}::text[])`),
    )
    .$if(after !== undefined, (query) => query.where('day', '>', sql<Date>`${after}::date`))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/**
 * The version of a list in the snapshot of `db`: another one after every committed change.
 * @param list one, or several with spaces between; `teams/` is those of all organizers
 */
export async function versionOf(db: Db, list: string): Promise<bigint> {
  const lists = list.split(' ');
  const prefixes = lists.filter((one) => one.endsWith('/')).map((one) => `${one}%`);
  // New rows, and of the compacted ones, which are many, those that have the versions: each by an index.
  const changes = (state: RawBuilder<SqlBool>) =>
    db
      .selectFrom('list_changes')
      .select('changes')
      .where(state)
      .where((eb) =>
        eb.or([
          eb('list', '=', sql<string>`any(${lists}::text[])`),
          ...prefixes.map((prefix) => eb('list', 'like', prefix)),
        ]),
      );
  const row = await db
    .selectFrom(
      changes(sql<SqlBool>`not compacted`)
        .unionAll(changes(sql<SqlBool>`compacted and changes <> 0`))
        .as('all'),
    )
    .select(sql<string>`coalesce(sum(changes), 0)`.as('version'))
    .executeTakeFirstOrThrow();
  return BigInt(row.version);
}

/** A version of a list, and when it was first seen. */
export interface NotedVersion {
  readonly version: bigint;
  /** In whole seconds, as HTTP has them. */
  readonly notedAt: Date;
}

/** Returns the recorded version of a list, if there is one. */
export async function findRecordedVersion(db: Db, list: string): Promise<NotedVersion | undefined> {
  const row = await db
    .selectFrom('list_versions')
    .select(['version', 'noted_at'])
    .where('list', '=', list)
    .executeTakeFirst();
  return row && { version: BigInt(row.version), notedAt: row.noted_at };
}

/**
 * Notes when a version of a list was first seen, and answers what is noted now. No two versions
 * get the same second, so a version that follows another one within it is not noted yet; and a
 * version is never noted after a later one.
 */
export async function recordVersion(db: Db, list: string, version: bigint): Promise<NotedVersion> {
  const known = await findRecordedVersion(db, list);
  if (known !== undefined && known.version >= version) {
    return known;
  }
  await db
    .insertInto('list_versions')
    .values({ list, version: String(version), noted_at: THIS_SECOND })
    .onConflict((conflict) =>
      conflict
        .column('list')
        .doUpdateSet({
          version: (eb) => eb.ref('excluded.version'),
          noted_at: (eb) => eb.ref('excluded.noted_at'),
        })
        .where(sql<SqlBool>`list_versions.version < excluded.version`)
        .where(sql<SqlBool>`list_versions.noted_at < excluded.noted_at`),
    )
    .execute();
  const noted = await findRecordedVersion(db, list);
  if (noted === undefined) {
    throw new Error(`The version of ${list} was noted and is gone.`);
  }
  return noted;
}

const THIS_SECOND = sql<Date>`date_trunc('second', clock_timestamp())`;

/**
 * Compacts rows that are new since the last compaction, at most `limit`, together with the sums that
 * they change; other sums are not read. One statement, so a row is never missing or counted twice;
 * concurrent calls each take only the rows that they deleted.
 * @returns number of new rows that it took
 */
export async function compactListChanges(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    with added as (
      delete from list_changes where ctid = any(array(
        select ctid from list_changes where not compacted limit ${limit} for update skip locked
      ))
      returning list, facet, day, entries, changes
    ), touched as (
      select list, facet, day from added union select list, '', null from added
    ), sums as (
      delete from list_changes where ctid = any(array(
        select sum.row from touched t, lateral (
          select c.ctid as row from list_changes c
          where c.compacted and c.list = t.list and c.facet = t.facet and c.day = t.day
          union all
          select c.ctid from list_changes c
          where c.compacted and c.list = t.list and c.facet = t.facet
            and c.day is null and t.day is null
        ) sum
      ))
      returning list, facet, day, entries, changes
    ), taken as (
      select list, facet, day, entries, changes from added
      union all select list, facet, day, entries, changes from sums
    ), versions as (
      select list, sum(changes) as changes from taken group by list having sum(changes) <> 0
    ), counts as (
      select list, facet, day, sum(entries) as entries from taken
      group by list, facet, day having sum(entries) <> 0
    ), written as (
      insert into list_changes (list, facet, day, entries, changes, compacted)
      select list, facet, day, entries, 0, true from counts
      union all
      select list, '', null, 0, changes, true from versions
    )
    select count(*)::int as taken from added
  `.execute(db);
  return rows[0]?.taken ?? 0;
}

/**
 * Gives sums of grants whose last day is past no day, so that they become one per application: such
 * grants are not active, whatever the day was. The next compaction adds them up.
 * @returns number of sums that it changed, at most `limit`
 */
export async function foldPastDays(db: Db, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update list_changes set day = null, compacted = false where ctid = any(array(
      select ctid from list_changes
      where list = any(array(
        select 'grants' union all select 'grants/' || organizer_slug from organizer_counters
      )) and day < (now() at time zone 'UTC')::date - 1
      limit ${limit} for update skip locked
    ))
  `.execute(db);
  return Number(numAffectedRows);
}

/** Counts rows that are not compacted, up to `limit`. */
export async function countNewChanges(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from list_changes where not compacted limit ${limit}
    ) added
  `.execute(db);
  return rows[0]?.count ?? 0;
}
