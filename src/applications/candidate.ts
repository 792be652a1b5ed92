import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { Application } from './application.ts';

const url = z.string().nullable();

/**
 * Details of an application that nobody registered by hand and that has no row yet. They are kept with
 * the request of a user who is signed in, and the first consent writes the row from them.
 */
export const candidateSchema = z.object({
  kind: z.enum(['metadata_document', 'dynamic']),
  clientId: z.string(),
  name: z.string(),
  description: z.string(),
  homepageUrl: url,
  privacyPolicyUrl: url,
  termsUrl: url,
  clientType: z.enum(['confidential', 'public']),
  redirectUris: z.array(z.string()),
  scopes: z.array(z.string()),
  fingerprint: z.string(),
  /** Public keys of a confidential client, or their address. */
  keys: z.object({ jwksUri: url, jwks: z.array(z.unknown()) }).optional(),
  /** Seconds for which the copy of a document is fresh, and the time of the fetch (ISO 8601). */
  fetched: z.object({ at: z.string(), freshSeconds: z.number() }).nullable(),
});

/** See `candidateSchema`. */
export type Candidate = z.infer<typeof candidateSchema>;

/**
 * Returns the fingerprint of what a user trusts beside the name: the destinations of redirects (hosts,
 * and private-use schemes) and the client's keys. Ports on loopback and paths are not part of it.
 */
export function fingerprintOf(redirectUris: readonly string[], keys: unknown = null): string {
  const targets = [...new Set(redirectUris.map(targetOf))].sort();
  return createHash('sha256')
    .update(JSON.stringify([targets, keys]))
    .digest('hex');
}

function targetOf(redirectUri: string): string {
  const url = URL.parse(redirectUri);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb ? `${url.protocol}//${url.hostname}` : (url?.protocol ?? redirectUri);
}

/** Tests if a row has the details that a user saw. */
export function isSameAs(application: Application, candidate: Candidate): boolean {
  return (
    application.kind === candidate.kind &&
    application.name === candidate.name &&
    application.fingerprint === candidate.fingerprint
  );
}

/** Source of applications without a row; one for each kind of client ID. */
export interface CandidateSource {
  /** Tests by its form if a client ID is of this kind. */
  readonly handles: (clientId: string) => boolean;
  /** Reads the details from the client ID alone; undefined if it contains none. */
  readonly read?: (clientId: string) => Candidate | undefined;
  /**
   * Prepares an authorization request of a user who is signed in: returns the details that the user is
   * to see, and brings the row up to date if it exists. Runs outside of transactions, so it may fetch.
   * @throws StagedoorError with a sentence for people
   */
  readonly prepare?: (
    db: Db,
    clientId: string,
    request: { readonly userId: string; readonly application: Application | undefined },
  ) => Promise<Candidate | undefined>;
  /** True if nothing is known of the client before a user signs in. */
  readonly needsSignIn: boolean;
}

/** Returns the source of a client ID. */
export function sourceOf(
  sources: readonly CandidateSource[],
  clientId: string,
): CandidateSource | undefined {
  return sources.find(({ handles }) => handles(clientId));
}
