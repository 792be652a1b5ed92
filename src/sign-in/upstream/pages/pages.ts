import { callbackPage } from './callback-page.ts';
import { upstreamLoginPage } from './login-page.ts';
import { upstreamLogoutPage } from './logout-page.ts';

/** Pages that sign in and out at the platform's own login. No page here asks for a password. */
export const upstreamPages = [upstreamLoginPage, callbackPage, upstreamLogoutPage];
