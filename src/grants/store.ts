import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { applicationState } from '../applications/application.ts';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import { type AllowedResources, type Grant, type GrantDetails, resourcesJson } from './grant.ts';
import { matchesFilter } from './list-store.ts';

const GRANT = [
  'g.id',
  'g.user_id as userId',
  'g.client_id as clientId',
  'g.scopes',
  'g.revocation_reason as revocationReason',
  'g.ends_at as endsAt',
] as const;

/** Query for one grant, revoked or not, without locking it. */
export const grantOf = (db: Db, id: RawBuilder<string>) =>
  db.selectFrom('grants as g').select(GRANT).where('g.id', '=', id);

const byId = preparedQuery<{ id: string }, Grant>((db, param) => grantOf(db, param('id')));

/** One grant, revoked or not. */
export async function findGrant(db: Db, id: string): Promise<Grant | undefined> {
  const [row] = await byId(db, { id });
  return row;
}

const isLive = sql<SqlBool>`${sql.raw(isLiveGrant('g'))}`;

interface WantedGrant {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The user must be a member of one of its organizers. */
  readonly organizers: boolean;
  readonly resources: AllowedResources | undefined;
}

const newestCovering = preparedQuery<
  Omit<WantedGrant, 'resources'> & { readonly resources: string | null },
  Grant
>((db, param) =>
  db
    .selectFrom('grants as g')
    .select(GRANT)
    .where('g.user_id', '=', param('userId'))
    .where('g.client_id', '=', param('clientId'))
    .where(isLive)
    .where(
      sql<SqlBool>`g.fingerprint is not distinct from (
        select fingerprint from applications a where a.client_id = g.client_id
      )`,
    )
    .where(sql<SqlBool>`g.scopes @> ${param('scopes')}::text[]`)
    .where(
      sql<SqlBool>`case when ${param('resources')}::jsonb is null then g.resources is null
        else g.resources @> ${param('resources')}::jsonb end`,
    )
    .where((eb) =>
      eb.or([
        sql<SqlBool>`not ${param('organizers')}::boolean`,
        eb.exists(
          eb
            .selectFrom('grant_organizers as o')
            .innerJoin('memberships as m', 'm.organizer_slug', 'o.organizer_slug')
            .whereRef('o.grant_id', '=', 'g.id')
            .whereRef('m.user_id', '=', 'g.user_id')
            .select('o.organizer_slug'),
        ),
      ]),
    )
    .orderBy('g.created_at', 'desc')
    .limit(sql.lit(1)),
);

/** The newest live grant of a user and application that has all scopes and resources of a request. */
export async function findCoveringGrant(db: Db, wanted: WantedGrant): Promise<Grant | undefined> {
  const [row] = await newestCovering(db, {
    ...wanted,
    resources: resourcesJson(wanted.resources),
  });
  return row;
}

/** Tests if a user and application have a grant, ended or not. */
export async function hasEverGranted(
  db: Db,
  { userId, clientId }: { userId: string; clientId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('grants')
    .select('id')
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Query for the live grants of a user and application, newest first, without locking them. */
export const earlierGrants = (
  db: Db,
  parties: { readonly userId: RawBuilder<string>; readonly clientId: RawBuilder<string> },
) =>
  db
    .selectFrom('grants as g')
    .where('g.user_id', '=', parties.userId)
    .where('g.client_id', '=', parties.clientId)
    .where(isLive)
    .select([
      'g.id',
      'g.scopes',
      'g.fingerprint',
      'g.created_at as createdAt',
      'g.ends_at as endsAt',
      sql<string[]>`array(
        select organizer_slug from grant_organizers where grant_id = g.id order by organizer_slug
      )`.as('organizers'),
      sql<string[]>`array(select jsonb_object_keys(g.resources))`.as('resources'),
    ])
    .orderBy('g.created_at', 'desc')
    .orderBy('g.id');

/**
 * Returns the live grants of a user, newest first: all of them, one, those of one application, or
 * those unused for some days, up to `limit`. Inside a transaction their rows are locked, always in the same order.
 */
export async function listLiveGrants(
  db: Db,
  wanted: {
    userId: string;
    id?: string;
    ids?: readonly string[];
    clientId?: string;
    unusedDays?: number;
    limit?: number;
  },
): Promise<GrantDetails[]> {
  const { userId, id, ids, clientId, unusedDays, limit } = wanted;
  const rows = await detailed(db)
    .where('g.user_id', '=', userId)
    .where(isLive)
    .$if(id !== undefined, (query) => query.where('g.id', '=', id ?? ''))
    .$if(ids !== undefined, (query) =>
      query.where('g.id', '=', sql<string>`any(${[...(ids ?? [])]}::text[])`),
    )
    .$if(clientId !== undefined, (query) => query.where('g.client_id', '=', clientId ?? ''))
    .where(matchesFilter({ unusedDays }))
    .orderBy('g.created_at', 'desc')
    .orderBy('g.id')
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .$if(db.isTransaction, (query) => query.forUpdate('g'))
    .execute();
  return rows.map(({ suspendedAt, isActive, ...grant }) => ({
    ...grant,
    revocationReason: null,
    state: applicationState({ suspendedAt, isActive }),
  }));
}

function detailed(db: Db) {
  return db
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .leftJoin('users as owner', 'owner.id', 'a.owner_id')
    .select((eb) => [
      'g.id',
      'g.user_id as userId',
      'g.client_id as clientId',
      'g.scopes',
      'g.created_at as createdAt',
      'g.last_used_at as lastUsedAt',
      'g.last_used_ip as lastUsedIp',
      'g.expires_at as expiresAt',
      'g.ends_at as endsAt',
      'a.name as applicationName',
      'a.homepage_url as homepageUrl',
      sql<string | null>`case when a.reviewed_at is not null then a.logo end`.as('reviewedLogo'),
      'a.suspended_at as suspendedAt',
      'a.is_active as isActive',
      sql<string | null>`nullif(owner.full_name, '')`.as('developer'),
      jsonArrayFrom(
        eb
          .selectFrom('grant_organizers as o')
          .innerJoin('organizers as n', 'n.slug', 'o.organizer_slug')
          .whereRef('o.grant_id', '=', 'g.id')
          .select(['n.slug', 'n.name'])
          .orderBy('n.slug'),
      ).as('organizers'),
      // If the service was deleted, its URI: the grant is limited all the same.
      sql<string[]>`array(
        select distinct coalesce(s.name, r.key) as name
        from jsonb_each_text(g.resources) r(key, server)
        left join resource_servers s on s.client_id = r.server
        order by name
      )`.as('apis'),
    ]);
}
