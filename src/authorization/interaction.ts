import type { Application } from '../applications/application.ts';
import type { Candidate } from '../applications/candidate.ts';
import type { User } from '../users/user.ts';

/** An authorization request that waits for a person, as the pages need it. */
export interface PendingInteraction {
  readonly uid: string;
  readonly prompt: 'login' | 'consent';
  readonly scopes: readonly string[];
  /** Keys of the requested resources. */
  readonly resources: readonly string[];
  readonly redirectUri: string;
  /** The owner of the application tries it out. Earlier grants stay as they are. */
  readonly isTrial: boolean;
  readonly loginHint: string | undefined;
  /** The request requires a new sign-in (`prompt=login`), also for a signed-in user. */
  readonly signInAnew: boolean;
  /** The sign-in of the user is older than the request's `max_age`. */
  readonly signInIsOld: boolean;
  /** Signed-in user of the request; always set at the consent prompt. */
  readonly user: User | undefined;
  /** Time of the last authentication in this browser. */
  readonly authenticatedAt: Date | undefined;
  /** Undefined if the browser has no session. */
  readonly application: Application | undefined;
  /** Its details as the user saw them; undefined for a registered application. */
  readonly candidate: Candidate | undefined;
  /** The URL that starts the same request over. */
  readonly restartUrl: string;
  /** Target of a decision that was already made, for a form that is posted twice. */
  readonly decidedUrl: string | undefined;
  /** Saves the decision. Returns the URL at which the request continues. */
  readonly finish: (decision: Decision) => Promise<string>;
}

/** A decision about a request. */
export type Decision =
  /** By this browser's session. */
  | { readonly kind: 'signed_in' }
  | { readonly kind: 'allowed'; readonly grantId: string }
  | { readonly kind: 'denied' };

/** The reason why an application may no longer be sent what it has asked for. */
export type Obstacle =
  | 'application_deleted'
  | 'application_suspended'
  | 'application_disabled'
  | 'awaits_review'
  | 'redirect_uri_removed'
  | 'scope_removed'
  | 'resource_removed'
  | 'pkce_required';

/** A request that can't be answered any more, and the reason. */
export interface ClosedInteraction {
  readonly reason:
    | 'expired'
    | 'answered'
    | 'other_browser'
    | 'no_cookies'
    | 'other_user'
    | 'signed_out'
    | 'application_changed'
    | Obstacle;
  readonly application: { readonly name: string; readonly homepageUrl: string | null } | undefined;
  /** The path that starts the same request over, for the user who is signed in now. */
  readonly restartAt?: string | undefined;
}

/** Distinguishes the two results of `find`. */
export function isPending(
  interaction: PendingInteraction | ClosedInteraction,
): interaction is PendingInteraction {
  return 'prompt' in interaction;
}

/** Tests if another session began the request: the user who is signed in now can start it again. */
export function isForeign(reason: ClosedInteraction['reason']): boolean {
  return reason === 'other_user' || reason === 'signed_out';
}
