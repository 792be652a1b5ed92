import type { Context } from 'koa';
import type { User } from '../../users/user.ts';

/** The signed-in user of this browser. */
export interface SignedIn {
  readonly user: User;
  /** Time of the last authentication, here or at the upstream provider. */
  readonly authenticatedAt: Date;
  /** Names the session inside the server; opens nothing. */
  readonly sessionUid: string;
}

/** A sign-in at the upstream provider, on which one here is based. */
export interface Authentication {
  readonly authenticatedAt: Date;
  /**
   * User and session at the upstream provider; `sid` is undefined if it sends no logout for the
   * session.
   */
  readonly upstream: {
    readonly issuer: string;
    readonly subject: string;
    readonly sid: string | undefined;
    /** Time at which the sign-in began here. */
    readonly begunAt: Date;
  };
}

/**
 * The browser session. One session serves `authorize` and the account pages: it is
 * oidc-provider's, and `oidc/sessions.ts` implements this.
 */
export interface Sessions {
  /** Returns the signed-in user, if there is one; keeps the session from idling out. */
  current(ctx: Context): Promise<SignedIn | undefined>;
  /**
   * Signs in under a new session id.
   * @param by where it happened elsewhere; without, the password has been given at this moment
   */
  signIn(ctx: Context, userId: string, by?: Authentication): Promise<void>;
  /** Ends the session for `authorize` and for the account pages. */
  signOut(ctx: Context): Promise<void>;
}

/** Returns the signed-in user and gives the page their language and header. */
export async function identify(
  deps: { sessions: Sessions },
  ctx: Context,
): Promise<SignedIn | undefined> {
  const signedIn = await deps.sessions.current(ctx);
  if (signedIn !== undefined) {
    greet(ctx, signedIn.user);
  }
  return signedIn;
}

/** Shows the page in the language of the user, and the user in its header. */
export function greet(ctx: Context, user: User): void {
  ctx.state.user = user;
  ctx.state.signedIn = {
    fullName: user.fullName,
    email: user.email,
    isOperator: user.isOperator,
  };
}
