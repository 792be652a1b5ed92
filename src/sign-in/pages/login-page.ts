import type { Context } from 'koa';
import { z } from 'zod';
import { refusedForm } from '../../http/csrf.ts';
import { parseForm, text } from '../../http/form.ts';
import { localPath } from '../../http/local-path.ts';
import { setUiLocales } from '../../http/locale.ts';
import { type Page, type PageAnswer, type PageDeps, seeOther } from '../../http/page.ts';
import { emailKey } from '../../lib/email.ts';
import { identify } from '../../sessions/pages/sessions.ts';
import type { SignInResult } from '../sign-in.ts';
import { selectsAccount, showAccounts } from './account-selection.ts';
import { showLoginForm } from './login-form.ts';
import { type SignInPageDeps, signInHere } from './sign-in-here.ts';

/** Dependencies of the sign-in page. */
export interface LoginPageDeps extends SignInPageDeps, PageDeps {
  /** Returns the application that waits for the sign-in at a path of this server. */
  readonly findWaitingApplication: (
    returnTo: string,
  ) => Promise<{ readonly name: string } | undefined>;
  /** Returns the users of the demo who may sign in without typing; empty without the demo. */
  readonly demoAccounts: (
    ctx: Context,
  ) => readonly { readonly name: string; readonly email: string; readonly password: string }[];
}

/** Path after a sign-in that was not on the way to another page. */
const HOME = '/account/authorizations';
/** Longest `login_hint` that is used, in characters: that of an email address. */
const LONGEST_HINT = 254;

const form = z
  .object({ email: text, password: text, return_to: text })
  .transform(({ return_to, ...rest }) => ({ ...rest, returnTo: returnPath(return_to) }));

/** Signs in with e-mail address and password, for the account pages. */
export const loginPage: Page<LoginPageDeps> = {
  path: '/login',
  show: async (deps, ctx) => {
    const signedIn = await identify(deps, ctx);
    const returnTo = returnPath(ctx.query.return_to);
    setLanguage(ctx, returnTo);
    const { reason } = ctx.query;
    if (signedIn === undefined) {
      return showForm(deps, ctx, { email: loginHint(ctx) ?? '', returnTo, reason: 'first' });
    }
    switch (reason) {
      case 'recent':
        return showForm(deps, ctx, { email: signedIn.user.email, returnTo, reason });
      case 'switch':
        return showForm(deps, ctx, { email: loginHint(ctx) ?? '', returnTo, reason });
      default:
        return selectsAccount(ctx) ? showAccounts(signedIn.user, returnTo) : seeOther(returnTo);
    }
  },
  submit: async (deps, ctx, fields) => {
    const { email, password, returnTo } = parseForm(form, fields);
    setLanguage(ctx, returnTo);
    const result = await signInHere(deps, ctx, { email, password });
    return result.outcome === 'signed_in'
      ? seeOther(returnTo)
      : showForm(deps, ctx, { email, returnTo, reason: 'first' }, result);
  },
  refuse: async (deps, ctx, fields) => {
    const { email, returnTo } = parseForm(form, fields);
    return refusedForm(ctx) !== undefined && (await hasSignedInAs(deps, ctx, email))
      ? seeOther(returnTo)
      : undefined;
  },
};

/** Returns the path where the browser goes on after the sign-in. Never another site. */
export function returnPath(returnTo: unknown): string {
  return localPath(returnTo) ?? HOME;
}

/** Uses the language that the authorization request asks for to which a sign-in leads. */
export function setLanguage(ctx: Context, returnTo: string): void {
  const [, query] = returnTo.split('?', 2);
  setUiLocales(ctx, new URLSearchParams(query).get('ui_locales'));
}

/** Returns the `login_hint` of the authorization request that the sign-in is for. */
export function loginHint(ctx: Context): string | undefined {
  const { login_hint: hint } = ctx.query;
  return typeof hint === 'string' && hint.length <= LONGEST_HINT ? hint : undefined;
}

/** Tests if this user has signed in already, in another tab: then both tabs continue. */
async function hasSignedInAs(deps: LoginPageDeps, ctx: Context, email: string): Promise<boolean> {
  const signedIn = await identify(deps, ctx);
  const key = emailKey(email);
  return key !== undefined && signedIn !== undefined && emailKey(signedIn.user.email) === key;
}

/** Shows the sign-in form at `/login`. */
export async function showForm(
  deps: LoginPageDeps,
  ctx: Context,
  page: {
    readonly email: string;
    readonly returnTo: string;
    readonly reason: 'first' | 'recent' | 'switch';
  },
  failed?: SignInResult,
): Promise<PageAnswer> {
  const application = await deps.findWaitingApplication(page.returnTo);
  const demo = deps
    .demoAccounts(ctx)
    .filter(({ email }) => page.reason !== 'recent' || email === page.email)
    .map(({ name, email }) => ({ name, email }));
  return showLoginForm(ctx, { action: '/login', application, demo, ...page }, failed);
}
