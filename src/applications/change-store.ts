import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import { skeletonOf } from '../lib/skeleton.ts';
import type { Application, ApplicationDetails, ClientType } from './application.ts';

/**
 * A whole millisecond, later than the previous one under the row's lock, independent of the clock:
 * the edit pages use it to detect other changes.
 */
const NEXT_UPDATE = sql<Date>`greatest(
  date_trunc('milliseconds', clock_timestamp()),
  date_trunc('milliseconds', applications.updated_at) + interval '1 millisecond'
)`;

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

/**
 * Writes the details of an application.
 * @returns time of the update by the database's clock, and of the review if it is still valid
 */
export async function updateApplicationRow(
  tx: Tx,
  clientId: string,
  details: ApplicationDetails,
): Promise<Pick<Application, 'updatedAt' | 'reviewedAt'>> {
  return await change(tx, clientId)
    .set(columns(details))
    .returning(['updated_at as updatedAt', 'reviewed_at as reviewedAt'])
    .executeTakeFirstOrThrow();
}

/** Begins an update of an application, which also sets its time. */
export function change(tx: Tx, clientId: string) {
  return tx
    .updateTable('applications')
    .set({ updated_at: NEXT_UPDATE })
    .where('client_id', '=', clientId);
}

function columns(details: ApplicationDetails) {
  return {
    owner_id: details.ownerId,
    name: details.name,
    name_skeleton: skeletonOf(details.name),
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
  const suspendedAt = reason === null ? null : sql<Date>`coalesce(suspended_at, now())`;
  await change(tx, clientId)
    .set({ suspended_at: suspendedAt, suspension_reason: reason })
    .execute();
}

/** Notes that an operator has reviewed the application as it is now. */
export async function setReviewed(tx: Tx, clientId: string): Promise<void> {
  await change(tx, clientId)
    .set((eb) => ({
      reviewed_at: sql<Date>`now()`,
      reviewed_skeleton: eb.ref('name_skeleton'),
      reviewed_schemes: eb.ref('private_schemes'),
    }))
    .execute();
}

/** Enables or disables the application for its owner. */
export async function setActive(tx: Tx, clientId: string, active: boolean): Promise<void> {
  await change(tx, clientId).set({ is_active: active }).execute();
}

/** Renames the application. */
export async function setName(tx: Tx, clientId: string, name: string): Promise<void> {
  await change(tx, clientId)
    .set({ name, name_skeleton: skeletonOf(name) })
    .execute();
}

/** Gives the application to another user. */
export async function setOwner(tx: Tx, clientId: string, ownerId: string): Promise<void> {
  await change(tx, clientId).set({ owner_id: ownerId }).execute();
}

/** Forgets which mails about failures the owner wants and got. */
export async function deleteFailureNotices(tx: Tx, clientId: string): Promise<void> {
  await tx.deleteFrom('failure_notices').where('client_id', '=', clientId).execute();
}

/** Removes the application; its secrets and keys go with it, by foreign key. */
export async function deleteApplicationRow(tx: Tx, clientId: string): Promise<void> {
  await tx.deleteFrom('applications').where('client_id', '=', clientId).execute();
}
