import type { Db } from '../../db/database.ts';
import { type Candidate, fingerprintOf } from '../candidate.ts';
import type { CandidateSource } from '../candidate-source.ts';
import { toApplication } from '../candidate-store.ts';
import { nameNeed } from '../review-need.ts';
import { type ClientIds, type DynamicClient, isDynamicClientId } from './client-ids.ts';
import { isAccepted, NAMELESS, type RegistrationSettings } from './registration-request.ts';

/**
 * Applications that registered themselves, and that nobody has allowed yet: their client ID contains
 * their details. If the settings no longer accept a redirect URI, the client ID is unknown. A name that
 * would need a review is not shown.
 */
export function dynamicSource(
  settings: RegistrationSettings,
  clientIds: ClientIds,
): CandidateSource {
  const read = (clientId: string) => {
    const client = clientIds.read(clientId);
    return client?.redirectUris.every((uri) => isAccepted(settings, uri))
      ? toCandidate(settings, clientId, client)
      : undefined;
  };
  return {
    handles: isDynamicClientId,
    needsSignIn: false,
    read,
    prepare: async (db, clientId, { application }) => {
      const candidate = read(clientId);
      return (
        candidate && { ...candidate, name: application?.name ?? (await nameFor(db, candidate)) }
      );
    },
  };
}

/** Returns the name to show: nobody could review the application before it has a row. */
async function nameFor(db: Db, candidate: Candidate): Promise<string> {
  return nameNeed(await toApplication(db, candidate)) === undefined ? candidate.name : NAMELESS;
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
