import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import {
  ACTIVITY_KINDS,
  type ActivityApplication,
  type ActivityEntry,
  type ActivityKind,
  type ActivitySlice,
} from './activity.ts';

/** A slice of a user's log. */
export async function selectActivity(db: Db, slice: ActivitySlice): Promise<ActivityEntry[]> {
  const { userId, kind, clientId, beforeId, limit, offset = 0 } = slice;
  const rows = await ownEntries(db, userId)
    .$if(kind !== undefined, (query) => query.where(isOfKind(kind ?? 'account')))
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? ''))
    .$if(beforeId !== undefined, (query) => query.where('id', '<', beforeId ?? ''))
    .select(['id', 'action', 'actor', 'happened_at', 'client_id', 'grant_id', 'ip'])
    .select(['user_agent', 'data'])
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map((row) => ({
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
}

/** The applications that the newest `within` entries of a user's log are about. */
export async function selectActivityApplications(
  db: Db,
  userId: string,
  within: number,
): Promise<ActivityApplication[]> {
  const newest = ownEntries(db, userId)
    .select(['id', 'client_id'])
    .orderBy('id', 'desc')
    .limit(within);
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
