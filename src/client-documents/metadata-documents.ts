import { adoptCandidate } from '../applications/adopt.ts';
import { type Application, applicationState } from '../applications/application.ts';
import type { Candidate, CandidateSource } from '../applications/candidate.ts';
import { toApplication } from '../applications/candidate-store.ts';
import { hasUnsafeName, safeName } from '../applications/safe-name.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import { isDocumentAddress } from '../lib/client-id.ts';
import { RetryLaterError, StagedoorError } from '../lib/errors.ts';
import { refuseBlocked } from './block-host.ts';
import {
  findWaitingCopy,
  isCopyTooOld,
  noteFailure,
  noteFetched,
  takeStale,
} from './document-store.ts';
import { type DocumentRules, readDocument } from './read-document.ts';
import { type ReportDeps, reportKnown, reportUnknown } from './report-failure.ts';
import { hasDetailsOf, updateFromDocument } from './update-from-document.ts';

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
