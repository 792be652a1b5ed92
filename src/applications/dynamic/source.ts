import { inTransaction } from '../../db/transaction.ts';
import { takeOrThrow } from '../../limits/limit.ts';
import type { Limits } from '../../limits/limits.ts';
import { adoptCandidate } from '../adopt.ts';
import { type Candidate, type CandidateSource, fingerprintOf } from '../candidate.ts';
import { toApplication } from '../candidate-store.ts';
import { nameNeed, type ReviewSettings, reviewNeed } from '../review-need.ts';
import { hasUnsafeName, NAMELESS, replaceUnsafeName } from '../safe-name.ts';
import { type ClientIds, type DynamicClient, isDynamicClientId } from './client-ids.ts';
import { isAccepted, type RegistrationSettings } from './registration-request.ts';

export interface DynamicDeps {
  readonly config: RegistrationSettings & ReviewSettings;
  readonly clientIds: ClientIds;
  readonly limits: Limits;
}

/** Requests for a review of one user: each is a row. */
const REVIEW_REQUESTS = { points: 20, seconds: 86_400 };
const TOO_MANY = 'You have tried too many unknown apps today. Try again tomorrow.';

/**
 * Applications that registered themselves, and that nobody has allowed yet: their client ID contains
 * their details. If the settings no longer accept a redirect URI, the client ID is unknown.
 */
export function dynamicSource({ config, clientIds, limits }: DynamicDeps): CandidateSource {
  const requests = limits.named('dynamic_reviews', REVIEW_REQUESTS);
  const read = (clientId: string) => {
    const client = clientIds.read(clientId);
    return client?.redirectUris.every((uri) => isAccepted(config, uri))
      ? toCandidate(config, clientId, client)
      : undefined;
  };
  return {
    handles: isDynamicClientId,
    needsSignIn: false,
    read,
    prepare: async (db, clientId, { application, userId }) => {
      const details = read(clientId);
      if (details === undefined) {
        return undefined;
      }
      if (application !== undefined) {
        const name = hasUnsafeName(config, application)
          ? await inTransaction(db, (tx) => replaceUnsafeName(tx, config, clientId))
          : application.name;
        return { ...details, name };
      }
      const compared = await toApplication(db, details);
      // A name cannot be reviewed before there is a row.
      const name = nameNeed(config, compared) === undefined ? details.name : NAMELESS;
      const candidate = { ...details, name };
      if (reviewNeed(config, compared) !== undefined) {
        await takeOrThrow(requests, userId, TOO_MANY);
        await inTransaction(db, (tx) => adoptCandidate(tx, candidate, undefined));
      }
      return candidate;
    },
  };
}

/** Nobody vouches for links, so there are none. The user decides about scopes. */
function toCandidate(
  { scopes }: RegistrationSettings,
  clientId: string,
  { name, redirectUris }: DynamicClient,
): Candidate {
  return {
    kind: 'dynamic',
    clientId,
    name,
    description: '',
    homepageUrl: null,
    privacyPolicyUrl: null,
    termsUrl: null,
    clientType: 'public',
    redirectUris: [...redirectUris],
    scopes: scopes.map((scope) => scope.name),
    fingerprint: fingerprintOf(redirectUris),
    fetched: null,
  };
}
