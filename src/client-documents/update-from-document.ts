import { isDeepStrictEqual } from 'node:util';
import type { Application } from '../applications/application.ts';
import type { Candidate } from '../applications/candidate.ts';
import { lockOrThrow } from '../applications/lock.ts';
import { findApplication } from '../applications/store.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { recordForUsers, updateFromCandidate } from './document-store.ts';

/** Fields of an application that come from its document. */
const FIELDS = [
  'name',
  'homepageUrl',
  'privacyPolicyUrl',
  'termsUrl',
  'clientType',
  'redirectUris',
  'scopes',
  'fingerprint',
] as const;

/** Tests if an application has the details of a copy of its document. */
export function hasDetailsOf(application: Application, candidate: Candidate): boolean {
  return changedFields(application, candidate).length === 0;
}

function changedFields(application: Application, candidate: Candidate): string[] {
  return FIELDS.filter((field) => !isDeepStrictEqual(application[field], candidate[field]));
}

/**
 * Brings an application up to date with a newer copy of its document. A change ends the review. If
 * redirect hosts or keys are other ones, grants for the earlier ones answer no further request, and
 * their users get an entry in the log.
 */
export async function updateFromDocument(tx: Tx, candidate: Candidate): Promise<void> {
  const { clientId } = candidate;
  const before = await lockOrThrow(tx, clientId);
  const changed = changedFields(before, candidate);
  if (changed.length === 0) {
    return;
  }
  await updateFromCandidate(tx, candidate);
  const after = await findApplication(tx, clientId);
  const resetReview = before.reviewedAt !== null && after?.reviewedAt === null;
  await record(tx, {
    action: 'stagedoor.application.changed',
    actor: 'system',
    clientId,
    data: {
      application: candidate.name,
      changed: changed.filter((field) => field !== 'fingerprint'),
      ...(resetReview ? { review_reset: true } : {}),
    },
  });
  if (before.fingerprint !== candidate.fingerprint) {
    await recordForUsers(tx, candidate);
  }
}
