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

/** Why a request can't be answered any more. */
export interface OverInteraction {
  readonly reason: 'expired' | 'answered' | 'other_user';
  readonly application: { readonly name: string; readonly homepageUrl: string | null } | undefined;
}

/** Tells the two answers of `find` apart. */
export function isPending(
  interaction: PendingInteraction | OverInteraction,
): interaction is PendingInteraction {
  return 'prompt' in interaction;
}
