import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { beginsWith } from '../db/begins-with.ts';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import { APPLICATION_KINDS, type Application, type ApplicationFilters } from './application.ts';

const COLUMNS = [
  'applications.client_id as clientId',
  'applications.kind',
  'applications.owner_id as ownerId',
  'applications.name',
  'applications.description',
  'applications.homepage_url as homepageUrl',
  'applications.privacy_policy_url as privacyPolicyUrl',
  'applications.terms_url as termsUrl',
  'applications.logo',
  'applications.client_type as clientType',
  'applications.redirect_uris as redirectUris',
  'applications.scopes',
  'applications.require_pkce as requirePkce',
  'applications.is_active as isActive',
  'applications.suspended_at as suspendedAt',
  'applications.suspension_reason as suspensionReason',
  'applications.version',
  'applications.reviewed_at as reviewedAt',
  'applications.fingerprint',
  'applications.created_at as createdAt',
  'applications.updated_at as updatedAt',
] as const;
const OWNER_NAME = sql<string | null>`(
  select nullif(users.full_name, '') from users where users.id = applications.owner_id
)`.as('ownerName');

/** Another application that is not of the same owner. Without an owner, each is on its own. */
const OF_ANOTHER_OWNER = sql`other.client_id <> applications.client_id
  and (other.owner_id is distinct from applications.owner_id or applications.owner_id is null)`;
const NAME_LIKE_REVIEWED = sql<boolean>`(applications.reviewed_at is null and exists (
  select from applications other
  where other.reviewed_skeleton = applications.name_skeleton and ${OF_ANOTHER_OWNER}
))`.as('nameLikeReviewed');
const SCHEME_SHARED_WITH = sql<Application['schemeSharedWith']>`(
  case when applications.private_schemes <> '{}' then (
    select case when bool_or(other.reviewed_schemes && applications.private_schemes) then 'reviewed'
      when count(*) > 0 then 'unreviewed' end
    from applications other
    where other.private_schemes <> '{}' and other.private_schemes && applications.private_schemes
      and other.is_active and other.suspended_at is null and ${OF_ANOTHER_OWNER}
  ) end
)`.as('schemeSharedWith');

const COUNT = sql<string>`count(*)`.as('count');

/** Columns of an application under the names of `Application`. */
export const APPLICATION = [
  ...COLUMNS,
  OWNER_NAME,
  NAME_LIKE_REVIEWED,
  SCHEME_SHARED_WITH,
] as const;

/** Returns the application with this client ID, whatever its state. */
export async function findApplication(db: Db, clientId: string): Promise<Application | undefined> {
  return isClientId(clientId)
    ? db
        .selectFrom('applications')
        .select(APPLICATION)
        .where('client_id', '=', clientId)
        .executeTakeFirst()
    : undefined;
}

/**
 * Returns the application, locked until the transaction ends, so that no grant is created
 * meanwhile.
 */
export function lockApplication(tx: Tx, clientId: string): Promise<Application | undefined> {
  return tx
    .selectFrom('applications')
    .select(APPLICATION)
    .where('client_id', '=', clientId)
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Selects the application and the hashes (hex) of its secrets that have not expired. With `lock`, any
 * number of transactions share the row, changes of it wait for them, and the row is the latest one.
 */
export function withSecrets(db: Db, { lock }: { readonly lock: boolean }) {
  return db
    .selectFrom('applications')
    .select([
      ...APPLICATION,
      sql<string[]>`array(
        select encode(secret_hash, 'hex') from application_secrets
        where application_secrets.client_id = applications.client_id
          and (expires_at is null or expires_at > now())
        order by created_at, id
      )`.as('secretHashes'),
    ])
    .$if(lock, (query) => query.forShare('applications'));
}

/** An application with the SHA-256 hashes (hex) of the secrets that are good now. */
export interface FoundClient {
  readonly application: Application;
  readonly secretHashes: string[];
}

/** Returns an application, whatever its state, with its secrets, see `withSecrets`; one statement. */
export async function findClient(
  db: Db,
  clientId: string,
  { lock }: { readonly lock: boolean } = { lock: false },
): Promise<FoundClient | undefined> {
  if (!isClientId(clientId)) {
    return undefined;
  }
  const row = await withSecrets(db, { lock }).where('client_id', '=', clientId).executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  const { secretHashes, ...application } = row;
  return { application, secretHashes };
}

/** One slice of the applications, by when they were registered. */
export async function listApplications(
  db: Db,
  slice: Slice,
  filters: ApplicationFilters = {},
  direction: Direction = 'asc',
): Promise<Sliced<Application>> {
  const { ownerId, kind, reviewed, suspended, search } = filters;
  const found = search === undefined ? undefined : await findMatches(db, search);
  const filtered = db
    .selectFrom('applications')
    .$if(ownerId !== undefined, (query) => query.where('owner_id', '=', ownerId ?? ''))
    .$if(found !== undefined, (query) =>
      query.where('client_id', '=', sql<string>`any(${found ?? []}::text[])`),
    )
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'registered'))
    .$if(reviewed !== undefined, (query) =>
      query.where('reviewed_at', reviewed ? 'is not' : 'is', null),
    )
    .$if(suspended !== undefined, (query) =>
      query.where('suspended_at', suspended ? 'is not' : 'is', null),
    );
  // Those of one owner are few, as are those that a search finds.
  const count =
    ownerId === undefined && found === undefined
      ? await countEntries(db, { list: 'application-states', facet: statesOf(filters) })
      : Number((await filtered.select(COUNT).executeTakeFirstOrThrow()).count);
  const rows = filtered.select(APPLICATION);
  return readSlice(
    rows,
    slice,
    { by: { created_at: 'time', client_id: 'text' }, direction },
    count,
  );
}

/** Returns the matching results of the function `application_state`. */
function statesOf({ kind, reviewed, suspended }: ApplicationFilters): string[] {
  const either = (given: boolean | undefined) => (given === undefined ? [true, false] : [given]);
  return (kind === undefined ? APPLICATION_KINDS : [kind]).flatMap((one) =>
    either(reviewed).flatMap((isReviewed) =>
      either(suspended).map((isSuspended) => `${one}/${isReviewed}/${isSuspended}`),
    ),
  );
}

/** Applications of each way to match a search that are looked at. */
const MATCHES = 1_000;

/**
 * Returns the IDs of applications whose client ID or owner's ID is the text, whose name begins with it, or that have
 * words in their name that begin with its words. Without case, each by an index, and at most 1,000 each.
 * PostgreSQL splits both into words: it takes `pretix.eu` and `v2.0` for one word.
 */
async function findMatches(db: Db, search: string): Promise<string[]> {
  const found = (condition: RawBuilder<SqlBool>) =>
    db.selectFrom('applications').select('client_id').where(condition).limit(MATCHES);
  const byOwner = found(sql`owner_id = ${search}`);
  const byName = found(beginsWith(sql`lower(name)`, sql`lower(${search}::text)`));
  const texts = search.split(/\s+/).filter((text) => text !== '');
  // Quotes and backslashes would end the quoted text.
  const words = texts.map((text) => `'${text.replace(/['\\]/g, ' ')}':*`);
  const byWords = found(
    sql`to_tsvector('simple', name) @@ to_tsquery('simple', ${words.join(' & ')})`,
  );
  const { rows } = await sql<{ client_id: string }>`
    select ${search}::text as client_id union ${byOwner} union ${byName} union ${byWords}
  `.execute(db);
  return rows.map((row) => row.client_id);
}

/** Returns the names and logos of these applications by their client IDs. */
export async function selectNamesAndLogos(
  db: Db,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, Pick<Application, 'name' | 'logo'>>> {
  const rows = await db
    .selectFrom('applications')
    .select(['client_id', 'name', 'logo'])
    .where('client_id', '=', sql<string>`any(${[...clientIds]}::text[])`)
    .execute();
  return new Map(rows.map(({ client_id: clientId, ...named }) => [clientId, named]));
}
