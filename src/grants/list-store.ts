import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import type { LocalizedText } from '../lib/localized-text.ts';
import type { GrantDetails } from './grant.ts';

/** Part of a grant by which grants are sorted before those of a page are loaded. */
export type GrantHead = Pick<GrantDetails, 'id' | 'clientId' | 'applicationName' | 'createdAt'>;

/** An application that a user has authorized, with sums over the user's live grants. */
export interface AuthorizedSums {
  readonly clientId: string;
  readonly applicationName: string;
  /** Name of the application's owner; null for an application by metadata document. */
  readonly developer: string | null;
  /** Number of all live grants. */
  readonly live: number;
  /** Number of those that match the filter, at least one. */
  readonly found: number;
  /** Time of the newest of them. */
  readonly createdAt: Date;
  /** Time of the last use of one of them. */
  readonly lastUsedAt: Date | null;
}

/** Part of the grants of an application, in the order of a list. */
export interface ApplicationPart {
  readonly clientId: string;
  readonly skip: number;
  readonly take: number;
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

/** Returns the heads of the live grants of a user for applications, in no order. Ignores unknown client IDs. */
export function listGrantHeads(
  db: Db,
  userId: string,
  clientIds: readonly string[],
): Promise<GrantHead[]> {
  // PostgreSQL refuses a text with this character.
  const possible = clientIds.filter((id) => !id.includes('\0'));
  return db
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .where('g.user_id', '=', userId)
    .where('g.client_id', '=', sql<string>`any(${possible}::text[])`)
    .where(isLive)
    .select([
      'g.id',
      'g.client_id as clientId',
      'a.name as applicationName',
      'g.created_at as createdAt',
    ])
    .execute();
}

/** Returns the applications for which a user has live grants that match a filter, in no order. */
export async function listAuthorizedApplications(
  db: Db,
  userId: string,
  filter: GrantFilter,
): Promise<AuthorizedSums[]> {
  const { rows } = await sql<AuthorizedSums>`
    select s.client_id as "clientId", a.name as "applicationName",
      nullif(u.full_name, '') as developer, s.live, s.found,
      s.created_at as "createdAt", s.last_used_at as "lastUsedAt"
    from (
      select client_id, count(*)::int as live, (count(*) filter (where matches))::int as found,
        max(created_at) filter (where matches) as created_at,
        max(last_used_at) filter (where matches) as last_used_at
      from (
        select g.client_id, g.created_at, g.last_used_at, ${matchesFilter(filter)} as matches
        from grants g where g.user_id = ${userId} and ${isLive}
      ) one
      group by client_id
    ) s
    join applications a on a.client_id = s.client_id
    left join users u on u.id = a.owner_id
    where s.found > 0
  `.execute(db);
  return rows;
}

/**
 * Returns the IDs of parts of the live grants of a user that match a filter: application by application, the
 * latest first. Grants without use come last.
 */
export async function listGrantsOfParts(
  db: Db,
  userId: string,
  filter: GrantFilter,
  parts: readonly ApplicationPart[],
  by: 'created_at' | 'last_used_at',
): Promise<string[]> {
  const latest = sql`g.${sql.ref(by)} desc nulls last, g.created_at desc, g.id`;
  const { rows } = await sql<{ id: string }>`
    select g.id
    from unnest(
      ${parts.map(({ clientId }) => clientId)}::text[],
      ${parts.map(({ skip }) => skip)}::int[],
      ${parts.map(({ take }) => take)}::int[]
    ) with ordinality as part (client_id, skip, take, position),
    lateral (
      select g.id, g.created_at, g.last_used_at from grants g
      where g.user_id = ${userId} and g.client_id = part.client_id and ${isLive}
        and ${matchesFilter(filter)}
      order by ${latest} offset part.skip limit part.take
    ) g
    order by part.position, ${latest}
  `.execute(db);
  return rows.map(({ id }) => id);
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
