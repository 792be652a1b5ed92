import { isDeepStrictEqual } from 'node:util';
import { adoptCandidate } from '../applications/adopt.ts';
import { type Application, applicationState } from '../applications/application.ts';
import type { Candidate, CandidateSource } from '../applications/candidate.ts';
import { toApplication } from '../applications/candidate-store.ts';
import { lockOrThrow } from '../applications/lock.ts';
import { hasUnsafeName, safeName } from '../applications/safe-name.ts';
import { findApplication } from '../applications/store.ts';
import { record } from '../audit/store.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import { isDocumentAddress } from '../lib/client-id.ts';
import { RetryLaterError, StagedoorError } from '../lib/errors.ts';
import { refuseBlocked } from './block-host.ts';
import {
  findWaitingCopy,
  isCopyTooOld,
  noteFailure,
  noteFetched,
  recordForUsers,
  takeStale,
  updateFromCandidate,
} from './document-store.ts';
import { type DocumentRules, readDocument } from './read-document.ts';
import { type ReportDeps, reportKnown, reportUnknown } from './report-failure.ts';

/** Dependencies of the source. */
export interface DocumentDeps {
  readonly config: DocumentRules & Pick<Config, 'metadataDocuments' | 'platform'>;
  readonly fetcher: Fetcher;
  readonly reports: ReportDeps;
}

/**
 * Applications whose client ID is the address of their metadata document. An unknown document is
 * fetched only for a user who is signed in.
 * @see draft-ietf-oauth-client-id-metadata-document
 */
export function metadataDocuments(deps: DocumentDeps): CandidateSource {
  return {
    handles: isDocumentAddress,
    needsSignIn: deps.config.metadataDocuments !== 'off',
    prepare: async (db, clientId, { userId, application }) => {
      if (application !== undefined) {
        return application.kind === 'metadata_document'
          ? refresh(deps, db, application)
          : undefined;
      }
      return deps.config.metadataDocuments === 'off'
        ? undefined
        : discover(deps, db, clientId, userId);
    },
  };
}

/** Fetches an unknown document. In mode `approval`, its row is the request for a review. */
async function discover(
  deps: DocumentDeps,
  db: Db,
  clientId: string,
  userId: string,
): Promise<Candidate> {
  await refuseBlocked(db, clientId);
  const copy =
    (await findWaitingCopy(db, clientId)) ?? (await fetchFirst(deps, db, clientId, userId));
  const candidate = await withSafeName(deps.config, db, copy);
  if (deps.config.metadataDocuments === 'approval') {
    await inTransaction(db, (tx) => adoptCandidate(tx, candidate, undefined));
  }
  return candidate;
}

async function fetchFirst(
  { config, fetcher, reports }: DocumentDeps,
  db: Db,
  clientId: string,
  userId: string,
): Promise<Candidate> {
  try {
    return readDocument(config, clientId, await fetcher.get(clientId, { person: userId }));
  } catch (error) {
    // Our own limits are no failure of the document.
    if (error instanceof StagedoorError && !(error instanceof RetryLaterError)) {
      await reportUnknown(reports, db, { clientId, userId }, error);
    }
    throw error;
  }
}

/**
 * Returns the details of a known application, after a new fetch if its copy is no longer fresh. With
 * mode `off`, and for a stopped application, nothing is fetched.
 */
async function refresh(deps: DocumentDeps, db: Db, application: Application): Promise<Candidate> {
  const { clientId } = application;
  await refuseBlocked(db, clientId);
  if (deps.config.metadataDocuments === 'off' || applicationState(application) !== 'active') {
    return fromRow(application);
  }
  const isStale = await takeStale(db, clientId);
  const current = isStale ? await fetchAgain(deps, db, application) : undefined;
  if (current === undefined && (await isCopyTooOld(db, clientId))) {
    throw new StagedoorError(
      'document_invalid',
      'The document has not been available for more than seven days.',
    );
  }
  const candidate = await withSafeName(
    deps.config,
    db,
    current ?? fromRow(application),
    application,
  );
  const isChanged = !hasDetailsOf(application, candidate);
  if (isChanged || current !== undefined) {
    await inTransaction(db, async (tx) => {
      if (isChanged) {
        await updateFromDocument(tx, candidate);
      }
      if (current !== undefined) {
        await noteFetched(tx, current);
      }
    });
  }
  return candidate;
}

/** Returns undefined if the document cannot be fetched or read: then the last good copy is used. */
async function fetchAgain(
  { config, fetcher, reports }: DocumentDeps,
  db: Db,
  { clientId }: Application,
): Promise<Candidate | undefined> {
  try {
    return readDocument(config, clientId, await fetcher.get(clientId));
  } catch (error) {
    if (!(error instanceof StagedoorError)) {
      throw error;
    }
    // Our own limits are no failure of the document; the next try is after the lease.
    if (!(error instanceof RetryLaterError)) {
      reportKnown(reports, clientId, error);
      await noteFailure(db, clientId);
    }
    return undefined;
  }
}

function fromRow(application: Application): Candidate {
  return {
    kind: 'metadata_document',
    clientId: application.clientId,
    name: application.name,
    description: application.description,
    homepageUrl: application.homepageUrl,
    privacyPolicyUrl: application.privacyPolicyUrl,
    termsUrl: application.termsUrl,
    clientType: application.clientType,
    redirectUris: [...application.redirectUris],
    scopes: [...application.scopes],
    fingerprint: application.fingerprint ?? '',
    fetched: null,
  };
}

/**
 * Replaces a name that would need a review by the host, which is proven: one that looks like the name
 * of a reviewed application or of the platform, or claims a review. A reviewed name stays.
 */
async function withSafeName(
  config: Pick<Config, 'platform'>,
  db: Db,
  candidate: Candidate,
  known?: Application,
): Promise<Candidate> {
  if (known?.reviewedAt != null && known.name === candidate.name) {
    return candidate;
  }
  const isUnsafe = hasUnsafeName(config, await toApplication(db, candidate));
  return isUnsafe ? { ...candidate, name: safeName(candidate) } : candidate;
}

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
