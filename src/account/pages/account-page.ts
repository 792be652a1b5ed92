import type { Config } from '../../config/config.ts';
import type { Csrf } from '../../http/csrf.ts';
import type { Renderer } from '../../http/render.ts';
import type { SignInPageDeps } from '../../sign-in/pages/sign-in-page.ts';

/** Where each page is. */
export const PROFILE = '/account/profile';
/** As above. */
export const PASSWORD = '/account/password';
/** As above. */
export const SESSIONS = '/account/sessions';

/** What the user's own pages need. */
export interface AccountPagesDeps extends SignInPageDeps {
  readonly config: Config;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
}

/** The host where people sign in, if not here. */
export function hostElsewhere({ upstream }: Config): string | undefined {
  return upstream && new URL(upstream.issuer).host;
}
