import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import type { Application } from './application.ts';
import { APPLICATION } from './store.ts';
import { MANY_GRANTS } from './usage-store.ts';

/** An application as its owner's list shows it. */
export interface OwnApplication {
  readonly application: Application;
  /** Users with a live grant. */
  readonly connectedUsers: number;
  /** Time of the last token that was issued. */
  readonly lastUsedAt: Date | null;
  /** Failed requests within 24 hours; 100 stands for more, too. */
  readonly recentFailures: number;
  /** Last word about a review: the owner requested one, or an operator asked back. */
  readonly reviewTalk: 'requested' | 'questioned' | null;
}

/** Returns an application of this user. */
export async function findOwnApplication(
  db: Db,
  ownerId: string,
  clientId: string,
): Promise<OwnApplication | undefined> {
  const [own] = isClientId(clientId) ? await listOwnApplications(db, ownerId, clientId) : [];
  return own;
}

/** Counts the applications of a user; until the transaction ends, others who count wait. */
export async function lockOwnApplications(tx: Tx, ownerId: string): Promise<number> {
  const key = sql`hashtextextended(${`applications of ${ownerId}`}, 0)`;
  await sql`select pg_advisory_xact_lock(${key})`.execute(tx);
  const { count } = await tx
    .selectFrom('applications')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The newest grants of an application: all of them, unless the application is in `application_usage`. */
const newest = sql`
  select user_id, last_used_at, revoked_at, expires_at, ends_at from grants
  where grants.client_id = applications.client_id
  order by created_at desc limit ${sql.lit(MANY_GRANTS)}`;

/** Figures of an application; needs the join of `application_usage` as `usage`. */
export const USAGE = [
  sql<number>`case when usage.client_id is not null then usage.users else (
    select count(distinct user_id)::int from (${newest}) newest
    where ${sql.raw(isLiveGrant('newest'))}
  ) end`.as('connectedUsers'),
  sql<Date | null>`case when usage.client_id is not null then usage.last_used_at else (
    select max(last_used_at) from (${newest}) newest
  ) end`.as('lastUsedAt'),
] as const;

/** The newest failed requests of an application, as many as a page tells apart. */
const newestFailures = sql`
  select happened_at from client_errors where client_errors.client_id = applications.client_id
  order by id desc limit 100`;

/**
 * The applications of a user, the newest first; with `clientId`, only that one. The figures of an
 * application with more than 2,000 grants are up to an hour old.
 */
export async function listOwnApplications(
  db: Db,
  ownerId: string,
  clientId?: string,
): Promise<OwnApplication[]> {
  const rows = await db
    .selectFrom('applications')
    .leftJoin('application_usage as usage', 'usage.client_id', 'applications.client_id')
    .select([
      ...APPLICATION,
      ...USAGE,
      sql<number>`(select count(*)::int from (${newestFailures}) newest
        where happened_at > now() - interval '24 hours')`.as('recentFailures'),
      sql<OwnApplication['reviewTalk']>`(
        select case
          when r.requested_at > coalesce(r.asked_at, '-infinity') then 'requested'
          when r.asked_at is not null then 'questioned'
        end from application_reviews r where r.client_id = applications.client_id
      )`.as('reviewTalk'),
    ])
    .where('owner_id', '=', ownerId)
    .$if(clientId !== undefined, (query) =>
      query.where('applications.client_id', '=', clientId ?? ''),
    )
    .orderBy('applications.created_at', 'desc')
    .orderBy('applications.client_id')
    .execute();
  return rows.map(({ connectedUsers, lastUsedAt, recentFailures, reviewTalk, ...application }) => ({
    application,
    connectedUsers,
    lastUsedAt,
    recentFailures,
    reviewTalk,
  }));
}
