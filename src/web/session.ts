import type { Context } from 'koa';

/** Who is signed in on this browser, for the pages that are ours. */
export interface SignedIn {
  readonly userId: string;
  /** When the password was last given. */
  readonly authenticatedAt: Date;
}

/**
 * The browser session. One session serves `authorize` and the account pages: it is
 * oidc-provider's, and `oidc/sessions.ts` implements this.
 */
export interface Sessions {
  /** Who is signed in, if anybody; also keeps the session from idling out. */
  current(ctx: Context): Promise<SignedIn | undefined>;
  /** Signs in under a new session id. */
  signIn(ctx: Context, userId: string): Promise<void>;
  /** Ends the session for `authorize` and for the account pages. */
  signOut(ctx: Context): Promise<void>;
}
