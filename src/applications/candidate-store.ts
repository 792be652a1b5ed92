import { sql } from 'kysely';
import { usableKeys } from '../client-keys/read-keys.ts';
import { replaceKeys } from '../client-keys/store.ts';
import type { Db } from '../db/database.ts';
import { isPendingDeletion } from '../db/pending-deletion.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import { skeletonOf } from '../lib/skeleton.ts';
import type { Application } from './application.ts';
import type { Candidate } from './candidate.ts';

/**
 * Returns a candidate as an application: active, not reviewed, and compared with the reviewed
 * applications as they are now.
 */
export async function toApplication(db: Db, candidate: Candidate): Promise<Application> {
  const { fetched: _, keys: __, redirectUris, scopes, ...details } = candidate;
  const { rows } = await sql<Pick<Application, 'nameLikeReviewed' | 'schemeSharedWith'>>`
    with candidate as (
      select ${skeletonOf(candidate.name)}::text as skeleton,
        private_schemes_of(${redirectUris}::text[]) as schemes
    )
    select exists (
      select from applications other
      where other.reviewed_skeleton = candidate.skeleton and other.client_id <> ${candidate.clientId}
    ) as "nameLikeReviewed", (
      select case when bool_or(other.reviewed_schemes && candidate.schemes) then 'reviewed'
        when count(*) > 0 then 'unreviewed' end
      from applications other
      where other.private_schemes <> '{}' and other.private_schemes && candidate.schemes
        and other.is_active and other.suspended_at is null
        and other.client_id <> ${candidate.clientId}
    ) as "schemeSharedWith"
    from candidate`.execute(db);
  const now = new Date();
  return {
    ...details,
    redirectUris,
    scopes,
    ownerId: null,
    ownerName: null,
    requirePkce: true,
    isActive: true,
    suspendedAt: null,
    suspensionReason: null,
    version: 0,
    reviewedAt: null,
    logo: null,
    nameLikeReviewed: rows[0]?.nameLikeReviewed ?? true,
    schemeSharedWith: rows[0]?.schemeSharedWith ?? null,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Writes the row of a candidate. If two users consent at the same moment, the second waits for the
 * first.
 * @returns false if the row exists
 * @throws StagedoorError `conflict` if the deleted application still has grants
 */
export async function insertCandidate(tx: Tx, candidate: Candidate): Promise<boolean> {
  const { clientId, fetched } = candidate;
  const inserted = await tx
    .insertInto('applications')
    .values({
      client_id: clientId,
      kind: candidate.kind,
      client_type: candidate.clientType,
      fingerprint: candidate.fingerprint,
      ...candidateColumns(candidate),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('client_id')
    .executeTakeFirst()
    .catch(refusePendingDeletion);
  if (inserted !== undefined) {
    await writeKeys(tx, candidate);
  }
  if (inserted !== undefined && fetched !== null) {
    await tx
      .insertInto('client_documents')
      .values({
        client_id: clientId,
        fetched_at: new Date(fetched.at),
        fresh_until: new Date(Date.parse(fetched.at) + fetched.freshSeconds * 1000),
      })
      .execute();
  }
  return inserted !== undefined;
}

function refusePendingDeletion(error: unknown): never {
  if (isPendingDeletion(error)) {
    throw new StagedoorError(
      'conflict',
      'The application was deleted, and its authorizations are being removed. Try again later.',
      { cause: error },
    );
  }
  throw error;
}

/** Returns client IDs of documents and self-registered apps without a review, named like this application. */
export async function selectLookalikes(tx: Tx, clientId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('applications as a')
    .innerJoin('applications as reviewed', 'reviewed.reviewed_skeleton', 'a.name_skeleton')
    .where('reviewed.client_id', '=', clientId)
    .where('a.kind', '<>', 'registered')
    .where('a.reviewed_at', 'is', null)
    .select('a.client_id')
    .orderBy('a.client_id')
    .execute();
  return rows.map((row) => row.client_id);
}

/** Writes the keys of a candidate in place of the present ones. */
export function writeKeys(tx: Tx, { clientId, keys }: Candidate): Promise<void> {
  const { jwksUri, jwks } = keys ?? { jwksUri: null, jwks: [] };
  return replaceKeys(tx, clientId, { jwksUri, keys: usableKeys({ keys: jwks }) });
}

/** Columns that a later copy of a document may change. */
export function candidateColumns(candidate: Candidate) {
  return {
    name: candidate.name,
    name_skeleton: skeletonOf(candidate.name),
    description: candidate.description,
    homepage_url: candidate.homepageUrl,
    privacy_policy_url: candidate.privacyPolicyUrl,
    terms_url: candidate.termsUrl,
    redirect_uris: candidate.redirectUris,
    scopes: candidate.scopes,
  };
}
