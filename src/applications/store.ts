import { sql } from 'kysely';
import type { Slice, Sliced } from '../api/list.ts';
import type { Actor } from '../audit/event.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Application, ApplicationDetails, ClientType } from './application.ts';

const APPLICATION = [
  'applications.client_id as clientId',
  'applications.owner_id as ownerId',
  'applications.name',
  'applications.description',
  'applications.homepage_url as homepageUrl',
  'applications.privacy_policy_url as privacyPolicyUrl',
  'applications.terms_url as termsUrl',
  'applications.client_type as clientType',
  'applications.redirect_uris as redirectUris',
  'applications.scopes',
  'applications.require_pkce as requirePkce',
  'applications.is_active as isActive',
  'applications.suspended_at as suspendedAt',
  'applications.suspension_reason as suspensionReason',
  'applications.reviewed_at as reviewedAt',
  'applications.created_at as createdAt',
  'applications.updated_at as updatedAt',
] as const;
const OWNER_NAME = sql<string | null>`(
  select nullif(users.full_name, '') from users where users.id = applications.owner_id
)`.as('ownerName');

/** The application with this client id. */
export function applicationById(db: Db, clientId: string): Promise<Application | undefined> {
  return db
    .selectFrom('applications')
    .select([...APPLICATION, OWNER_NAME])
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}

/** The application, locked until the transaction ends: nobody grants it anything meanwhile. */
export function lockApplication(tx: Tx, clientId: string): Promise<Application | undefined> {
  return tx
    .selectFrom('applications')
    .select([...APPLICATION, OWNER_NAME])
    .where('client_id', '=', clientId)
    .forUpdate()
    .executeTakeFirst();
}

/** The application and the hashes (hex) of its secrets that have not expired; one statement. */
export async function applicationWithSecrets(
  db: Db,
  clientId: string,
): Promise<{ application: Application; secretHashes: string[] } | undefined> {
  const row = await db
    .selectFrom('applications')
    .select([
      ...APPLICATION,
      OWNER_NAME,
      sql<string[]>`array(
        select encode(secret_hash, 'hex') from application_secrets
        where application_secrets.client_id = applications.client_id
          and (expires_at is null or expires_at > now())
        order by created_at, id
      )`.as('secretHashes'),
    ])
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  const { secretHashes, ...application } = row;
  return { application, secretHashes };
}

/** One slice of the applications, the oldest first. */
export async function listApplicationRows(
  db: Db,
  { limit, offset }: Slice,
): Promise<Sliced<Application>> {
  const entries = await db
    .selectFrom('applications')
    .select([...APPLICATION, OWNER_NAME])
    .orderBy('created_at')
    .orderBy('client_id')
    .limit(limit)
    .offset(offset)
    .execute();
  const total = await db
    .selectFrom('applications')
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return { entries, count: total.count };
}

/** Adds an application. */
export async function insertApplication(
  tx: Tx,
  clientId: string,
  clientType: ClientType,
  details: ApplicationDetails,
): Promise<void> {
  await tx
    .insertInto('applications')
    .values({ client_id: clientId, client_type: clientType, ...columns(details) })
    .execute();
}

/** Adds a secret: its hash, and the last four characters of it. */
export async function insertSecret(
  tx: Tx,
  clientId: string,
  secret: { readonly hash: Uint8Array; readonly lastFour: string },
): Promise<void> {
  await tx
    .insertInto('application_secrets')
    .values({ client_id: clientId, secret_hash: secret.hash, last_four: secret.lastFour })
    .execute();
}

/** Writes the details of an application. */
export async function updateApplicationRow(
  tx: Tx,
  clientId: string,
  details: ApplicationDetails,
): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ ...columns(details), updated_at: sql<Date>`now()` })
    .where('client_id', '=', clientId)
    .execute();
}

function columns(details: ApplicationDetails) {
  return {
    owner_id: details.ownerId,
    name: details.name,
    description: details.description,
    homepage_url: details.homepageUrl,
    privacy_policy_url: details.privacyPolicyUrl,
    terms_url: details.termsUrl,
    redirect_uris: [...details.redirectUris],
    scopes: [...details.scopes],
    require_pkce: details.requirePkce,
    is_active: details.isActive,
  };
}

/** Suspends an application; `null` ends the suspension. */
export async function setSuspension(
  tx: Tx,
  clientId: string,
  reason: string | null,
): Promise<void> {
  await tx
    .updateTable('applications')
    .set({
      suspended_at: reason === null ? null : sql<Date>`coalesce(suspended_at, now())`,
      suspension_reason: reason,
      updated_at: sql<Date>`now()`,
    })
    .where('client_id', '=', clientId)
    .execute();
}

/** Notes that an operator has looked at the application. */
export async function setReviewed(tx: Tx, clientId: string): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ reviewed_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
    .where('client_id', '=', clientId)
    .execute();
}

/**
 * Tells each user with a live grant, in their log, that deleting the application ends it. One
 * statement, however many users; to be called before the deletion, with the application locked.
 */
export async function recordGrantsEndedByDeletion(
  tx: Tx,
  actor: Actor,
  clientId: string,
  data: Record<string, unknown>,
): Promise<void> {
  await sql`
    insert into audit_events (action, actor, user_id, client_id, data)
    select distinct 'stagedoor.user.oauth.revoked', ${actor}::text, user_id, client_id,
      ${JSON.stringify(data)}::jsonb
    from grants
    where client_id = ${clientId} and revoked_at is null and expires_at > now()
  `.execute(tx);
}

/** Removes the application; its secrets, grants and tokens go with it, by foreign key. */
export async function deleteApplicationRow(tx: Tx, clientId: string): Promise<void> {
  await tx.deleteFrom('applications').where('client_id', '=', clientId).execute();
}
