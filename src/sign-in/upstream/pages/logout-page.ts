import { type Page, seeOther } from '../../../http/page.ts';
import { endSessionUrl } from '../end-session.ts';
import { SIGN_OUT, type UpstreamPageDeps } from './upstream-login.ts';

/** Redirects to the page that ends the session at the provider. */
export const upstreamLogoutPage: Page<UpstreamPageDeps> = {
  path: SIGN_OUT,
  show: async ({ upstream }) => {
    const url = await endSessionUrl(upstream.discover);
    return seeOther(url?.href ?? '/logout');
  },
};
