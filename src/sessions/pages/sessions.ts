import type { Context } from 'koa';

/** Who is signed in on this browser, for the pages that are ours. */
export interface SignedIn {
  readonly userId: string;
  /** When the password was last given, here or at the upstream provider. */
  readonly authenticatedAt: Date;
  /** Names the session inside the server; opens nothing. */
  readonly sessionUid: string;
}

/** A sign-in elsewhere that vouches for one here. */
export interface Authentication {
  readonly authenticatedAt: Date;
  /** The person and the session there; `sid` is undefined if its end will not be told. */
  readonly upstream: {
    readonly issuer: string;
    readonly subject: string;
    readonly sid: string | undefined;
    /** When the sign-in was begun here. */
    readonly begunAt: Date;
  };
}

/**
 * The browser session. One session serves `authorize` and the account pages: it is
 * oidc-provider's, and `oidc/sessions.ts` implements this.
 */
export interface Sessions {
  /** Who is signed in, if anybody; also keeps the session from idling out. */
  current(ctx: Context): Promise<SignedIn | undefined>;
  /**
   * Signs in under a new session id.
   * @param by where it happened elsewhere; without, the password has been given at this moment
   */
  signIn(ctx: Context, userId: string, by?: Authentication): Promise<void>;
  /** Ends the session for `authorize` and for the account pages. */
  signOut(ctx: Context): Promise<void>;
}
