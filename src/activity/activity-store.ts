import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import {
  ACTIVITY_KINDS,
  type ActivityApplication,
  type ActivityFilter,
  type ActivityKind,
  type FoundEntry,
  type Place,
} from './activity.ts';
import { LIKENESS_FIELDS } from './entry-data.ts';

/**
 * Entries of a very long log that are searched at once, for matches of a filter or for applications to
 * filter by: more would be slow.
 */
const WINDOW = 10_000;

/** Part of a log. */
interface FoundEntries {
  readonly entries: readonly FoundEntry[];
  /** Place after which the log goes on, if it does. It can be far behind the last entry that matches. */
  readonly end: Place | undefined;
}

/**
 * Reads entries of a user's own log, the newest first. It is not counted: that would read all.
 * Searches the next 10,000 entries for those that match the filter.
 * @param after place after which to begin; undefined: at the newest entry
 */
export async function readActivity(
  db: Db,
  filter: ActivityFilter,
  after: Place | undefined,
  limit: number,
): Promise<FoundEntries> {
  const rows = await matching(db, filter, after)
    .select(COLUMNS)
    .select([...PLACE, LIKENESS.as('likeness')])
    .limit(limit + 1)
    .execute();
  const entries = rows.slice(0, limit).map((row) => ({
    id: row.id,
    action: row.action,
    actor: row.actor,
    happenedAt: row.happened_at,
    clientId: row.client_id,
    grantId: row.grant_id,
    ip: row.ip,
    userAgent: row.user_agent,
    data: row.data,
    place: { micros: row.micros, id: row.id },
    likeness: row.likeness,
  }));
  const last = entries.at(-1)?.place;
  return { entries, end: rows.length > limit ? last : await findEndOfWindow(db, filter, after) };
}

/** Returns the last place of the window after a place, if there are entries behind it. */
async function findEndOfWindow(
  db: Db,
  filter: ActivityFilter,
  after: Place | undefined,
): Promise<Place | undefined> {
  const [last, next] = await ownEntries(db, filter, after)
    .select(PLACE)
    .offset(WINDOW - 1)
    .limit(2)
    .execute();
  return next && last;
}

/**
 * Counts the entries after a place that are like the one before it, up to the first other one.
 * @param since only what happened then or later
 * @returns their number, up to 10,000, and the place of the last one; undefined if there are none
 */
export async function countAlike(
  db: Db,
  filter: ActivityFilter,
  after: Place,
  { likeness, since }: { readonly likeness: string; readonly since: Date },
): Promise<{ count: number; last: Place } | undefined> {
  const rest = matching(db, filter, after).select([
    ...PLACE,
    'happened_at',
    LIKENESS.as('likeness'),
  ]);
  const { rows } = await sql<Place & { count: number }>`
    with rest as materialized (${rest}), other as (
      select happened_at, id::bigint from rest
      where likeness <> ${likeness} or happened_at < ${since}
      order by happened_at desc, id::bigint desc limit 1
    )
    select micros, id, (count(*) over ())::int as count from rest
    where not exists (select from other)
      or (happened_at, id::bigint) > (select happened_at, id from other)
    order by happened_at, id::bigint limit 1
  `.execute(db);
  return rows[0] && { count: rows[0].count, last: { micros: rows[0].micros, id: rows[0].id } };
}

/** Columns of an entry, without its ID. */
const COLUMNS = [
  'happened_at',
  'action',
  'actor',
  'client_id',
  'grant_id',
  'ip',
  'user_agent',
  'data',
] as const;

/** Columns that make a `Place`. */
const PLACE = [
  sql<string>`id::text`.as('id'),
  sql<string>`(extract(epoch from happened_at) * 1000000)::bigint::text`.as('micros'),
] as const;

/** Everything on which the sentence of an entry and its advice depend. */
const LIKENESS = sql<string>`jsonb_build_array(action, actor, client_id,
  ${sql.join(LIKENESS_FIELDS.map((field) => sql`data -> ${sql.lit(field)}`))})::text`;

/** Entries that match a filter among the next ones after a place, in their order. */
function matching(db: Db, filter: ActivityFilter, after: Place | undefined) {
  const { kind, clientId, organizer } = filter;
  const window = ownEntries(db, filter, after)
    .select(['id', ...COLUMNS])
    .limit(WINDOW);
  return db
    .selectFrom(window.as('near'))
    .$if(kind !== undefined, (query) => query.where(isOfKind(kind ?? 'account')))
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? ''))
    .$if(organizer !== undefined, (query) => query.where(concerns(filter.userId, organizer ?? '')))
    .orderBy('happened_at', 'desc')
    .orderBy('near.id', 'desc');
}

/** Tests if an entry names an organizer, or is about a grant that opens it. */
function concerns(userId: string, slug: string) {
  const named = (key: string) => sql`data @> ${JSON.stringify({ [key]: [{ slug }] })}::jsonb`;
  return sql<SqlBool>`(${named('organizers')} or ${named('removed_organizers')} or grant_id in (
    select o.grant_id from grants g join grant_organizers o on o.grant_id = g.id
    where g.user_id = ${userId} and o.organizer_slug = ${slug}
  ))`;
}

/** Returns the organizers of a user's teams and of grants, also of ended ones, in no order. */
export function listActivityOrganizers(db: Db, userId: string) {
  return db
    .selectFrom('organizers as n')
    .where(
      sql<SqlBool>`n.slug in (
        select m.organizer_slug from memberships m where m.user_id = ${userId}
        union
        select o.organizer_slug from grants g join grant_organizers o on o.grant_id = g.id
        where g.user_id = ${userId}
      )`,
    )
    .select(['n.slug', 'n.name'])
    .execute();
}

/** An application of the user that entries are about. */
export type OwnedApplication = Awaited<ReturnType<typeof findOwnedApplications>>[number];

/** Returns those of some applications that a user owns. */
export function findOwnedApplications(db: Db, userId: string, clientIds: readonly string[]) {
  return db
    .selectFrom('applications as a')
    .leftJoin('application_reviews as r', 'r.client_id', 'a.client_id')
    .where('a.owner_id', '=', userId)
    .where('a.client_id', '=', sql<string>`any(${[...clientIds]}::text[])`)
    .select([
      'a.client_id as clientId',
      sql<boolean>`a.suspended_at is not null`.as('isSuspended'),
      // An operator has asked something, and has not reviewed it since.
      sql<boolean>`r.question is not null`.as('isQuestioned'),
    ])
    .execute();
}

/** The applications that occur in the newest 10,000 entries of a user's log, in no order. */
export async function listActivityApplications(
  db: Db,
  userId: string,
): Promise<ActivityApplication[]> {
  const newest = ownEntries(db, { userId }, undefined).select(['id', 'client_id']).limit(WINDOW);
  const latest = db
    .selectFrom(newest.as('newest'))
    .where('client_id', 'is not', null)
    .groupBy('client_id')
    .select(({ fn }) => fn.max('id').as('id'));
  const rows = await db
    .selectFrom('audit_events as e')
    .innerJoin(latest.as('latest'), 'latest.id', 'e.id')
    .select(['e.client_id', sql<string | null>`e.data ->> 'application'`.as('name')])
    .execute();
  return rows.map(({ client_id: clientId, name }) => ({
    clientId: clientId ?? '',
    name: name ?? clientId ?? '',
  }));
}

/** Patterns of LIKE: to match a regular expression with exceptions is many times slower. */
function isOfKind(kind: ActivityKind) {
  const { prefixes, except } = ACTIVITY_KINDS[kind];
  const beginsWith = (names: readonly string[]) => {
    const patterns = names.map((name) => `${name.replaceAll('_', '\\_')}%`);
    return sql`action like any(${patterns}::text[])`;
  };
  return sql<SqlBool>`(${beginsWith(prefixes)} and not ${beginsWith(except)})`;
}

/**
 * Entries of the user after a place, by time. The platform may give the ID of a deleted user to another
 * person, who does not see earlier entries.
 */
function ownEntries(db: Db, { userId, from, until }: ActivityFilter, after: Place | undefined) {
  const since = sql<Date>`(select created_at from users where id = ${userId})`;
  const reached =
    after &&
    sql`('epoch'::timestamptz
    + ${after.micros}::bigint * interval '1 microsecond', ${after.id}::bigint)`;
  return (
    db
      .selectFrom('audit_events')
      .where('user_id', '=', userId)
      // As a difference: compared, PostgreSQL likes to read everybody's entries by the index of time.
      .where(sql<SqlBool>`happened_at - ${since} >= interval '0'`)
      .$if(from !== undefined, (query) => query.where('happened_at', '>=', from ?? new Date()))
      .$if(until !== undefined, (query) => query.where('happened_at', '<', until ?? new Date()))
      .$if(reached !== undefined, (query) =>
        query.where(sql<SqlBool>`(happened_at, audit_events.id) < ${reached}`),
      )
      .orderBy('happened_at', 'desc')
      .orderBy('audit_events.id', 'desc')
  );
}
