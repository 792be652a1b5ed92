import Router from '@koa/router';
import type { Context } from 'koa';
import type { Config } from '../../../config/config.ts';
import type { Db } from '../../../db/database.ts';
import { localPath } from '../../../http/local-path.ts';
import type { Renderer } from '../../../http/render.ts';
import { identify } from '../../../sessions/pages/identify.ts';
import type { Sessions } from '../../../sessions/pages/sessions.ts';
import { HOME, loginHint } from '../../pages/sign-in-routes.ts';
import { endSessionUrl } from '../end-session.ts';
import { backchannelRoutes } from './backchannel-routes.ts';
import { CALLBACK, SIGN_OUT, type UpstreamLogin } from './sign-in-page.ts';

/** What the routes need. */
export interface UpstreamRoutesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly upstream: UpstreamLogin;
}

/** Signing in for the account pages at the platform's own login; no page here asks for a password. */
export function upstreamRoutes(deps: UpstreamRoutesDeps): Router {
  return new Router()
    .get('/login', (ctx) => showLogin(deps, ctx))
    .get(CALLBACK, async (ctx) => {
      const signedIn = await deps.upstream.complete(ctx);
      if (signedIn === undefined) {
        return;
      }
      await deps.sessions.signIn(ctx, signedIn.user.id, signedIn);
      ctx.status = 303;
      ctx.redirect(signedIn.next);
    })
    .get(SIGN_OUT, async (ctx) => {
      const url = await endSessionUrl(deps.upstream.discover);
      ctx.redirect(url?.href ?? '/logout');
    })
    .use(backchannelRoutes(deps).routes());
}

/**
 * Straight on to the provider: a page in between would ask nothing. But after a form that came
 * without a session, a person has to know that it was not taken; and browsers hold back a form
 * whose redirects end on another site.
 */
async function showLogin(deps: UpstreamRoutesDeps, ctx: Context): Promise<void> {
  const signedIn = await identify(deps, ctx);
  const returnTo = localPath(ctx.query.return_to) ?? HOME;
  const recent = ctx.query.reason === 'recent';
  if (signedIn !== undefined && !recent) {
    return ctx.redirect(returnTo);
  }
  if (ctx.query.reason === 'lost') {
    const href = `/login?return_to=${encodeURIComponent(returnTo)}`;
    return deps.renderer.page(ctx, 'sign-in/sign_in_again', { host: deps.upstream.host, href });
  }
  const { sessionTtl, recentSignInSeconds } = deps.config;
  await deps.upstream.begin(ctx, {
    returnTo,
    completeAt: CALLBACK,
    anew: ctx.query.prompt === 'login',
    // Half of what counts as recent is left for what comes next.
    maxAge: recent ? Math.floor(recentSignInSeconds / 2) : sessionTtl,
    loginHint: signedIn?.user.email ?? loginHint(ctx),
  });
}
