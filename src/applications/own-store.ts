import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import type { Application } from './application.ts';
import { APPLICATION } from './store.ts';

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

/** The applications of a user, the newest first; with `clientId`, only that one. */
export async function listOwnApplications(
  db: Db,
  ownerId: string,
  clientId?: string,
): Promise<{ application: Application; connectedUsers: number; lastUsedAt: Date | null }[]> {
  const rows = await db
    .selectFrom('applications')
    .select([
      ...APPLICATION,
      sql<number>`(
        select count(distinct user_id)::int from grants
        where grants.client_id = applications.client_id
          and ${sql.raw(isLiveGrant('grants'))}
      )`.as('connectedUsers'),
      sql<Date | null>`(
        select max(last_used_at) from grants where grants.client_id = applications.client_id
      )`.as('lastUsedAt'),
    ])
    .where('owner_id', '=', ownerId)
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? ''))
    .orderBy('created_at', 'desc')
    .orderBy('client_id')
    .execute();
  return rows.map(({ connectedUsers, lastUsedAt, ...application }) => ({
    application,
    connectedUsers,
    lastUsedAt,
  }));
}
