import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import type { LocalizedText } from '../lib/localized-text.ts';
import type { GrantDetails } from './grant.ts';

/** Part of a grant by which a user's list is searched and sorted before the grants of a page are loaded. */
export interface GrantHead
  extends Pick<GrantDetails, 'id' | 'clientId' | 'applicationName' | 'createdAt' | 'lastUsedAt'> {
  /** Name of the application's owner; null for an application by metadata document. */
  readonly developer: string | null;
}

/** Filters of a user's live grants; an undefined one matches all. They combine. */
export interface GrantFilter {
  /** At least one of these scopes. */
  readonly anyScope?: readonly string[] | undefined;
  /** Days without use. */
  readonly unusedDays?: number | undefined;
  /** Slug of an organizer that it opens. */
  readonly organizer?: string | undefined;
}

/** Returns the heads of the live grants of a user that match a filter, in no order. */
export function listGrantHeads(
  db: Db,
  userId: string,
  filter: GrantFilter = {},
): Promise<GrantHead[]> {
  return db
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .leftJoin('users as u', 'u.id', 'a.owner_id')
    .where('g.user_id', '=', userId)
    .where(isLive)
    .where(matchesFilter(filter))
    .select([
      'g.id',
      'g.client_id as clientId',
      'a.name as applicationName',
      sql<string | null>`nullif(u.full_name, '')`.as('developer'),
      'g.created_at as createdAt',
      'g.last_used_at as lastUsedAt',
    ])
    .execute();
}

/** Returns the condition that the grant `g` matches a filter. */
export function matchesFilter({ anyScope, unusedDays, organizer }: GrantFilter) {
  const conditions = [
    anyScope && sql`g.scopes && ${[...anyScope]}::text[]`,
    unusedDays !== undefined &&
      sql`coalesce(g.last_used_at, g.created_at) < now() - make_interval(days => ${unusedDays}::int)`,
    organizer !== undefined &&
      sql`exists (
        select from grant_organizers o where o.grant_id = g.id and o.organizer_slug = ${organizer}
      )`,
  ].filter((condition) => condition !== undefined && condition !== false);
  return sql<SqlBool>`(${sql.join([sql`true`, ...conditions], sql` and `)})`;
}

/** Returns the organizers that live grants of a user open, each once and in no order. */
export function listGrantOrganizers(
  db: Db,
  userId: string,
): Promise<{ slug: string; name: LocalizedText }[]> {
  return db
    .selectFrom('organizers as n')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('grants as g')
          .innerJoin('grant_organizers as o', 'o.grant_id', 'g.id')
          .where('g.user_id', '=', userId)
          .where(isLive)
          .whereRef('o.organizer_slug', '=', 'n.slug')
          .select('g.id'),
      ),
    )
    .select(['n.slug', 'n.name'])
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

/** Locks live grants of a user and an application, all or some, in the order of `listLiveGrants`. */
export function lockLiveGrants(
  tx: Tx,
  { userId, clientId, ids }: { userId: string; clientId: string; ids?: readonly string[] },
): Promise<{ id: string; applicationName: string }[]> {
  return tx
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .where('g.user_id', '=', userId)
    .where('g.client_id', '=', clientId)
    .where(isLive)
    .$if(ids !== undefined, (query) =>
      query.where('g.id', '=', sql<string>`any(${[...(ids ?? [])]}::text[])`),
    )
    .select(['g.id', 'a.name as applicationName'])
    .orderBy('g.created_at', 'desc')
    .orderBy('g.id')
    .forUpdate('g')
    .execute();
}

const isLive = sql<SqlBool>`${sql.raw(isLiveGrant('g'))}`;
