import type { Context } from 'koa';
import { originOf } from '../../http/origin.ts';
import { type Page, type PageDeps, render } from '../../http/page.ts';
import { identify } from '../../sessions/pages/sessions.ts';
import { signOut } from '../sign-out.ts';
import type { SignInPageDeps } from './sign-in-here.ts';

/** Dependencies of the sign-out page. */
export interface LogoutPageDeps extends Pick<SignInPageDeps, 'db' | 'sessions'>, PageDeps {
  /** Set if users sign in elsewhere: describes the session that goes on there. */
  readonly elsewhere: ((ctx: Context) => Promise<SignedOutProps>) | undefined;
}

/** Says that the user is signed out. */
export interface SignedOutProps {
  /** A session that has not ended with the one here. */
  readonly elsewhere?: { readonly host: string; readonly href: string } | undefined;
}

/** Signs out of everything here. */
export const logoutPage: Page<LogoutPageDeps> = {
  path: '/logout',
  show: async (deps, ctx) => {
    const signedIn = await identify(deps, ctx);
    return signedIn === undefined
      ? render('sign-in/signed_out', {})
      : render('sign-in/logout', { action: ctx.path, email: signedIn.user.email });
  },
  submit: async (deps, ctx) => {
    const signedIn = await identify(deps, ctx);
    if (signedIn !== undefined) {
      await signOut(deps.db, signedIn.user.id, originOf(ctx));
    }
    await deps.sessions.signOut(ctx);
    ctx.state.signedIn = undefined;
    return render('sign-in/signed_out', (await deps.elsewhere?.(ctx)) ?? {});
  },
};
