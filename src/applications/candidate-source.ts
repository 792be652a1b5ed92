import type { Db } from '../db/database.ts';
import type { Application } from './application.ts';
import type { Candidate } from './candidate.ts';

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
