import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { grantEnd, isLiveGrant } from '../db/live-grant.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import { hasCounters, organizerList } from './organizer-counter-store.ts';

const COLUMNS = [
  'grants.id',
  'grants.user_id as userId',
  'grants.client_id as clientId',
  'grants.scopes',
  'grants.created_at as createdAt',
  'grants.last_used_at as lastUsedAt',
  'grants.last_used_ip as lastUsedIp',
  'grants.expires_at as expiresAt',
  'grants.ends_at as endsAt',
  'grants.revoked_at as revokedAt',
  'grants.revocation_reason as revocationReason',
] as const;
const LISTS = [
  sql<string[]>`array(
    select organizer_slug from grant_organizers
    where grant_organizers.grant_id = grants.id order by organizer_slug collate "C"
  )`.as('organizers'),
  sql<string[]>`array(
    select key from jsonb_object_keys(grants.resources) key order by key collate "C"
  )`.as('resources'),
] as const;
/** By the index `grants_end`. */
const ACTIVE = sql<SqlBool>`${sql.raw(isLiveGrant('grants'))}`;

const COUNT = sql<string>`count(*)`.as('count');
/** As the column `day` of `list_changes` has it. */
const TODAY = sql<Date>`(now() at time zone 'UTC')::date`;

/** A grant as operators see it, ended or not. Organizers are slugs, resources URIs. */
export type ManagedGrant = NonNullable<Awaited<ReturnType<typeof findManagedGrant>>>;

/** Filters of the list of grants; an undefined one matches all. */
interface GrantFilters {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  /** Slug. */
  readonly organizer?: string | undefined;
  /** Neither revoked nor past its end. */
  readonly active?: boolean | undefined;
}

/** Returns one grant of any user, ended or not. */
export async function findManagedGrant(db: Db, id: string) {
  return isGrantId(id)
    ? db
        .selectFrom('grants')
        .select([...COLUMNS, ...LISTS])
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined;
}

/** Tests if `value` may be the ID of a grant. */
function isGrantId(value: string): boolean {
  return /^[0-9A-Za-z_-]{1,64}$/.test(value);
}

/** One slice of the grants, by when they were given. */
export async function listManagedGrants(
  db: Db,
  slice: Slice,
  filters: GrantFilters = {},
  direction: Direction = 'desc',
): Promise<Sliced<ManagedGrant>> {
  const filtered = filter(db, filters);
  const count = await countGrants(db, filters, slice);
  const rows = filtered.select([...COLUMNS, ...LISTS]);
  return readSlice(
    rows,
    slice,
    { by: { 'grants.created_at': 'time', 'grants.id': 'text' }, direction },
    count,
  );
}

function filter(db: Db, { userId, clientId, organizer, active }: GrantFilters) {
  return db
    .selectFrom('grants')
    .$if(userId !== undefined, (query) => query.where('grants.user_id', '=', userId ?? ''))
    .$if(clientId !== undefined, (query) => query.where('grants.client_id', '=', clientId ?? ''))
    .$if(active !== undefined, (query) =>
      query.where(active ? ACTIVE : sql<SqlBool>`(${ACTIVE}) is not true`),
    )
    .$if(organizer !== undefined, (query) =>
      query.where(
        'grants.id',
        'in',
        grantsOfOrganizer(db, organizer).select('grant_organizers.grant_id'),
      ),
    );
}

function grantsOfOrganizer(db: Db, slug: string | undefined) {
  return db.selectFrom('grant_organizers').where('organizer_slug', '=', slug ?? '');
}

/**
 * Counts matching grants. All grants, those of an application, those of an organizer with many, and the
 * active ones of each can be millions and are known by their sums. Others are counted one by one, once
 * for a walk over the pages.
 */
async function countGrants(
  db: Db,
  filters: GrantFilters,
  { counted: before }: Pick<Slice, 'counted'>,
): Promise<number> {
  const list = await findCounters(db, filters);
  if (list === undefined) {
    return before?.count ?? countOneByOne(db, filters);
  }
  const all = await countEntries(db, { list, facet: filters.clientId });
  if (filters.active === undefined) {
    return all;
  }
  const standing = await countActive(db, list, filters);
  return filters.active ? standing : all - standing;
}

/** Returns the list of counters that has all matching grants, if there is one. */
async function findCounters(db: Db, { userId, organizer }: GrantFilters) {
  if (userId !== undefined) {
    return undefined;
  }
  if (organizer === undefined) {
    return 'grants';
  }
  return (await hasCounters(db, organizer)) ? organizerList(organizer) : undefined;
}

async function countOneByOne(db: Db, filters: GrantFilters): Promise<number> {
  const { userId, clientId, organizer, active } = filters;
  const isOfOrganizer = userId === undefined && clientId === undefined && active === undefined;
  const counted = isOfOrganizer
    ? grantsOfOrganizer(db, organizer).select(COUNT)
    : filter(db, filters).select(COUNT);
  return Number((await counted.executeTakeFirstOrThrow()).count);
}

/** Those that end on a later day by their sums, those of today one by one. */
async function countActive(
  db: Db,
  list: string,
  { clientId, organizer }: GrantFilters,
): Promise<number> {
  const row = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('list_changes')
        .select(sql<string>`coalesce(sum(entries), 0)`.as('sum'))
        .where('list', '=', list)
        .where('day', '>', TODAY)
        .$if(clientId !== undefined, (query) => query.where('facet', '=', clientId ?? ''))
        .as('later'),
      filter(db, { clientId, active: true })
        .select((one) =>
          organizer === undefined
            ? COUNT
            : // A join could begin with all grants of the organizer.
              sql<string>`coalesce(sum((${one
                .selectFrom('grant_organizers')
                .whereRef('grant_id', '=', 'grants.id')
                .where('organizer_slug', '=', organizer)
                .select(COUNT)})), 0)`.as('count'),
        )
        .where(
          sql<SqlBool>`${sql.raw(grantEnd('grants'))} < (${TODAY} + 1)::timestamp at time zone 'UTC'`,
        )
        .as('today'),
    ])
    .executeTakeFirstOrThrow();
  return Number(row.later) + Number(row.today);
}
