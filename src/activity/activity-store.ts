import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { type Part, readSlice, type Slice } from '../db/slice.ts';
import {
  ACTIVITY_KINDS,
  type ActivityApplication,
  type ActivityEntry,
  type ActivityFilter,
  type ActivityKind,
} from './activity.ts';

/** Entries in which applications to filter by are looked for: more would be slow in a very long log. */
const WINDOW = 10_000;

/** One slice of a user's own log, the newest entries first. It is not counted: that would read all. */
export async function selectActivity(
  db: Db,
  { userId, kind, clientId }: ActivityFilter,
  slice: Slice,
): Promise<Part<ActivityEntry>> {
  const rows = ownEntries(db, userId)
    .$if(kind !== undefined, (query) => query.where(isOfKind(kind ?? 'account')))
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? ''))
    .select(['id', 'action', 'actor', 'happened_at', 'client_id', 'grant_id', 'ip'])
    .select(['user_agent', 'data']);
  const order = { by: { id: 'bigint' }, direction: 'desc' } as const;
  const part = await readSlice(rows, slice, order, undefined);
  const entries = part.entries.map((row) => ({
    id: String(row.id),
    action: row.action,
    actor: row.actor,
    happenedAt: row.happened_at,
    clientId: row.client_id,
    grantId: row.grant_id,
    ip: row.ip,
    userAgent: row.user_agent,
    data: row.data,
  }));
  return { ...part, entries };
}

/** The applications that occur in the newest 10,000 entries of a user's log, in no order. */
export async function listActivityApplications(
  db: Db,
  userId: string,
): Promise<ActivityApplication[]> {
  const newest = ownEntries(db, userId)
    .select(['id', 'client_id'])
    .orderBy('id', 'desc')
    .limit(WINDOW);
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
 * Entries of the user. The platform may give the ID of a deleted user to another person, who does
 * not see earlier entries.
 */
function ownEntries(db: Db, userId: string) {
  const since = sql<Date>`(select created_at from users where id = ${userId})`;
  return (
    db
      .selectFrom('audit_events')
      .where('user_id', '=', userId)
      // As a difference: compared, PostgreSQL likes to read everybody's entries by the index of time.
      .where(sql<SqlBool>`happened_at - ${since} >= interval '0'`)
  );
}
