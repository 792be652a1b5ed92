import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import type { GrantDetails } from './grant.ts';

/** Order of the list of a user's grants. */
export type GrantHead = Pick<
  GrantDetails,
  'id' | 'clientId' | 'applicationName' | 'createdAt' | 'lastUsedAt'
>;

/** Returns the heads of all live grants of a user, in no order. */
export function listGrantHeads(db: Db, userId: string): Promise<GrantHead[]> {
  return db
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .where('g.user_id', '=', userId)
    .where(isLive)
    .select([
      'g.id',
      'g.client_id as clientId',
      'a.name as applicationName',
      'g.created_at as createdAt',
      'g.last_used_at as lastUsedAt',
    ])
    .execute();
}

/** Counts the live grants of a user and an application. */
export async function countLiveGrants(
  db: Db,
  { userId, clientId }: { userId: string; clientId: string },
): Promise<number> {
  const { count } = await db
    .selectFrom('grants as g')
    .where('g.user_id', '=', userId)
    .where('g.client_id', '=', clientId)
    .where(isLive)
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Locks the live grants of a user and an application, in the order of `listLiveGrants`. */
export function lockLiveGrants(
  tx: Tx,
  { userId, clientId }: { userId: string; clientId: string },
): Promise<{ id: string; applicationName: string }[]> {
  return tx
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .where('g.user_id', '=', userId)
    .where('g.client_id', '=', clientId)
    .where(isLive)
    .select(['g.id', 'a.name as applicationName'])
    .orderBy('g.created_at', 'desc')
    .orderBy('g.id')
    .forUpdate('g')
    .execute();
}

const isLive = sql<SqlBool>`${sql.raw(isLiveGrant('g'))}`;
