import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import type { Csrf } from '../../http/csrf.ts';
import type { Renderer } from '../../http/render.ts';
import type { SignInPageDeps } from '../../sign-in/pages/sign-in-here.ts';
import type { UpstreamLogin } from '../../sign-in/upstream/pages/sign-in-page.ts';
import type { Decision, OverInteraction, PendingInteraction } from '../interaction.ts';

/** The provider's side of the interaction pages; `oidc/interactions.ts` implements it. */
export interface Interactions {
  /**
   * The request of this URL and browser. Inside `decide` of `inTransaction` its row is locked,
   * so that a form posted twice is decided once.
   */
  find(ctx: Context): Promise<PendingInteraction | OverInteraction>;
  /** Notes the decision; the answer is the URL at which the request goes on. */
  finish(ctx: Context, decision: Decision): Promise<string>;
}

/** What the pages of the flow need. */
export interface InteractionRoutesDeps extends SignInPageDeps {
  readonly config: Config;
  readonly interactions: Interactions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  /** Set: people sign in there, and nobody is asked for a password here. */
  readonly upstream: UpstreamLogin | undefined;
}
