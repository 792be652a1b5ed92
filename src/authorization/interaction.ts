/** An authorization request that waits for a person, as the pages need it. */
export interface PendingInteraction {
  readonly uid: string;
  readonly prompt: 'login' | 'consent';
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly loginHint: string | undefined;
  /** The request wants a sign-in now (`prompt=login`), whoever is signed in already. */
  readonly signInAnew: boolean;
  /** Languages that the application asked for (`ui_locales`), best first. */
  readonly uiLocales: string | undefined;
  /** Who is signed in; always there at the consent prompt. */
  readonly userId: string | undefined;
  /** The URL that starts the same request over. */
  readonly restartUrl: string;
  /** Where a decision that was already made leads; a form that was posted twice meets this. */
  readonly decidedUrl: string | undefined;
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
  | 'pkce_required';

/** A request that can't be answered any more, and the reason. */
export interface OverInteraction {
  readonly reason: 'expired' | 'answered' | 'other_user' | 'signed_out' | Obstacle;
  readonly application: { readonly name: string; readonly homepageUrl: string | null } | undefined;
  /** The path that starts the same request over, for the user who is signed in now. */
  readonly restartAt?: string | undefined;
}

/** Tells the two answers of `find` apart. */
export function isPending(
  interaction: PendingInteraction | OverInteraction,
): interaction is PendingInteraction {
  return 'prompt' in interaction;
}

/** Tells whether another session began the request: whoever is signed in now can start it over. */
export function isForeign(reason: OverInteraction['reason']): boolean {
  return reason === 'other_user' || reason === 'signed_out';
}
