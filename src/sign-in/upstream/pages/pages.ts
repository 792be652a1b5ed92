import { type Page, PageAnswer, seeOther } from '../../../http/page.ts';
import { endSessionUrl } from '../end-session.ts';
import { upstreamLoginPage } from './login-page.ts';
import { CALLBACK, SIGN_OUT, type UpstreamPageDeps } from './upstream-login.ts';

/** Redirects to the page that ends the session at the provider. */
const upstreamLogoutPage: Page<UpstreamPageDeps> = {
  path: SIGN_OUT,
  show: async ({ upstream }) => {
    const url = await endSessionUrl(upstream.discover);
    return seeOther(url?.href ?? '/logout');
  },
};

/** Takes the provider's answer to a sign-in for the account pages. */
const callbackPage: Page<UpstreamPageDeps> = {
  path: CALLBACK,
  show: async ({ upstream, sessions }, ctx) => {
    const signedIn = await upstream.complete(ctx);
    if (signedIn instanceof PageAnswer) {
      return signedIn;
    }
    await sessions.signIn(ctx, signedIn.user.id, signedIn);
    return seeOther(signedIn.next);
  },
};

/** Pages that sign in and out at the platform's own login. No page here asks for a password. */
export const upstreamPages = [upstreamLoginPage, callbackPage, upstreamLogoutPage];
