import { checkCookies } from '../../../http/cookie-check.ts';
import { type Page, render, seeOther } from '../../../http/page.ts';
import { identify } from '../../../sessions/pages/sessions.ts';
import { selectsAccount, showAccounts } from '../../pages/account-selection.ts';
import { loginHint, returnPath, setLanguage } from '../../pages/login-page.ts';
import { CALLBACK, type UpstreamPageDeps } from './upstream-login.ts';

/**
 * Sends the user straight on to the platform's own login: a page in between would ask nothing. After
 * a form without a session, the user has to learn that it was not taken; and browsers hold back a
 * form whose redirects end on another site.
 */
export const upstreamLoginPage: Page<UpstreamPageDeps> = {
  path: '/login',
  show: async (deps, ctx) => {
    const signedIn = await identify(deps, ctx);
    const { reason, prompt, return_to } = ctx.query;
    const returnTo = returnPath(return_to);
    setLanguage(ctx, returnTo);
    const recent = reason === 'recent';
    const other = reason === 'switch';
    if (signedIn !== undefined && !recent && !other) {
      return selectsAccount(ctx) ? showAccounts(signedIn.user, returnTo) : seeOther(returnTo);
    }
    if (reason === 'lost') {
      const href = `/login?return_to=${encodeURIComponent(returnTo)}`;
      return render('sign-in/sign_in_again', { host: deps.upstream.host, href });
    }
    const withoutCookies = checkCookies(deps, ctx);
    if (withoutCookies !== undefined) {
      return withoutCookies;
    }
    const { sessionTtl, recentSignInSeconds } = deps.config;
    return deps.upstream.begin(ctx, {
      returnTo,
      completeAt: CALLBACK,
      anew: other || prompt === 'login',
      // Half of what counts as recent is left for what comes next.
      maxAge: recent ? Math.floor(recentSignInSeconds / 2) : sessionTtl,
      loginHint: other ? undefined : (signedIn?.user.email ?? loginHint(ctx)),
    });
  },
};
