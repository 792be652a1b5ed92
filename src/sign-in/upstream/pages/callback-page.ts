import { type Page, PageAnswer, seeOther } from '../../../http/page.ts';
import { CALLBACK, type UpstreamPageDeps } from './upstream-login.ts';

/** Takes the provider's answer to a sign-in for the account pages. */
export const callbackPage: Page<UpstreamPageDeps> = {
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
