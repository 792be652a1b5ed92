import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import type { PageDeps } from '../../http/page.ts';
import type { SignInPageDeps } from '../../sign-in/pages/sign-in-here.ts';
import type { UpstreamLogin } from '../../sign-in/upstream/pages/upstream-login.ts';
import type { ClosedInteraction, PendingInteraction } from '../interaction.ts';

/** The provider's requests that wait for a user; `oidc/interactions.ts` implements it. */
export interface Interactions {
  /**
   * Finds the request of this URL and browser. Inside a transaction its row is locked, so that a
   * form that is posted twice is decided once.
   */
  find(ctx: Context): Promise<PendingInteraction | ClosedInteraction>;
}

/** Dependencies of the sign-in and consent pages. */
export interface InteractionDeps extends SignInPageDeps, PageDeps {
  readonly config: Config;
  readonly interactions: Interactions;
  /** Set: users sign in there, and no page here asks for a password. */
  readonly upstream: UpstreamLogin | undefined;
}
