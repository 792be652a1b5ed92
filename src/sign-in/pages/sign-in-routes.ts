import Router from '@koa/router';
import type { Context } from 'koa';
import { type Csrf, isOldForm } from '../../http/csrf.ts';
import { readForm } from '../../http/form.ts';
import { localPath } from '../../http/local-path.ts';
import { originOf } from '../../http/origin.ts';
import type { Renderer } from '../../http/render.ts';
import type { LoginProps, ViewProps } from '../../http/views.ts';
import { emailKey } from '../../lib/email.ts';
import { identify } from '../../sessions/pages/identify.ts';
import type { SignInResult } from '../sign-in.ts';
import { signOut } from '../sign-out.ts';
import { type SignInPageDeps, setRetryAfter, signInHere } from './sign-in-here.ts';

/** What signing in and out needs. */
export interface SignInRoutesDeps extends SignInPageDeps {
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  /** Returns the application that waits for the sign-in at a path of this server. */
  readonly findWaitingApplication: (
    returnTo: string,
  ) => Promise<{ readonly name: string } | undefined>;
}

/** Where somebody lands who signed in without having been on the way to anywhere. */
export const HOME = '/account/authorizations';
/** Longest `login_hint` that is used, in characters: that of an email address. */
const LONGEST_HINT = 254;

/** Signing in for the account pages, with a password. */
export function signInRoutes(deps: SignInRoutesDeps): Router {
  return new Router()
    .get('/login', async (ctx) => {
      const signedIn = await identify(deps, ctx);
      const returnTo = localPath(ctx.query.return_to) ?? HOME;
      if (signedIn !== undefined && ctx.query.reason !== 'recent') {
        return ctx.redirect(returnTo);
      }
      const email = signedIn?.user.email ?? loginHint(ctx) ?? '';
      await showLogin(deps, ctx, { email, returnTo, recent: !!signedIn });
    })
    .post('/login', (ctx) => answerLogin(deps, ctx));
}

/** What signing out needs. */
export interface SignOutRoutesDeps
  extends Omit<SignInRoutesDeps, 'guard' | 'inTransaction' | 'findWaitingApplication'> {
  /** Set where people sign in elsewhere: what the page says of their session there. */
  readonly elsewhere: ((ctx: Context) => Promise<ViewProps['sign-in/signed_out']>) | undefined;
}

/** Signing out of everything here. */
export function signOutRoutes(deps: SignOutRoutesDeps): Router {
  return new Router()
    .get('/logout', async (ctx) => {
      const signedIn = await identify(deps, ctx);
      if (signedIn === undefined) {
        return deps.renderer.page(ctx, 'sign-in/signed_out', {});
      }
      const { email } = signedIn.user;
      deps.renderer.page(ctx, 'sign-in/logout', { action: '/logout', email });
    })
    .post('/logout', async (ctx) => {
      deps.csrf.verify(ctx, await readForm(ctx));
      const signedIn = await identify(deps, ctx);
      if (signedIn !== undefined) {
        await signOut(deps.db, signedIn.user.id, originOf(ctx));
      }
      await deps.sessions.signOut(ctx);
      ctx.state.signedIn = undefined;
      deps.renderer.page(ctx, 'sign-in/signed_out', (await deps.elsewhere?.(ctx)) ?? {});
    });
}

async function answerLogin(deps: SignInRoutesDeps, ctx: Context): Promise<void> {
  const form = await readForm(ctx);
  const email = form.get('email') ?? '';
  const returnTo = localPath(form.get('return_to')) ?? HOME;
  try {
    deps.csrf.verify(ctx, form);
  } catch (error) {
    if (isOldForm(ctx) && (await hasSignedInAs(deps, ctx, email))) {
      ctx.status = 303;
      return ctx.redirect(returnTo);
    }
    throw error;
  }
  const password = form.get('password') ?? '';
  const result = await signInHere(deps, ctx, { email, password });
  if (result.outcome !== 'signed_in') {
    return showLogin(deps, ctx, { email, returnTo, recent: false, result });
  }
  ctx.status = 303;
  ctx.redirect(returnTo);
}

/** Returns the `login_hint` of the authorization request that the sign-in is for. */
export function loginHint(ctx: Context): string | undefined {
  const { login_hint: hint } = ctx.query;
  return typeof hint === 'string' && hint.length <= LONGEST_HINT ? hint : undefined;
}

/** Tells if this user has signed in already: two tabs with a sign-in form each are then both done. */
async function hasSignedInAs(deps: SignInRoutesDeps, ctx: Context, email: string) {
  const signedIn = await identify(deps, ctx);
  const key = emailKey(email);
  return key !== undefined && signedIn !== undefined && emailKey(signedIn.user.email) === key;
}

async function showLogin(
  deps: SignInRoutesDeps,
  ctx: Context,
  page: { email: string; returnTo: string; recent: boolean; result?: SignInResult },
): Promise<void> {
  const { email, returnTo, result } = page;
  const reason = page.recent ? 'recent' : 'first';
  const application = await deps.findWaitingApplication(returnTo);
  deps.renderer.page(
    ctx,
    'sign-in/login',
    { action: '/login', email, reason, application, returnTo, ...loginErrors(result) },
    { status: loginStatus(ctx, result) },
  );
}

/** What the sign-in page says of a failed attempt. */
export function loginErrors(
  result: SignInResult | undefined,
): Pick<LoginProps, 'error' | 'retryMinutes' | 'retrySeconds'> {
  switch (result?.outcome) {
    case 'wrong':
      return { error: 'credentials' };
    case 'throttled':
      return { error: 'throttled', retryMinutes: Math.ceil(result.retrySeconds / 60) };
    case 'busy':
      return { error: 'busy', retrySeconds: result.retrySeconds };
    default:
      return {};
  }
}

/** Sets the status of the sign-in page after an attempt, and `Retry-After` if it has to wait. */
export function loginStatus(ctx: Context, result: SignInResult | undefined): number {
  if (result !== undefined) {
    setRetryAfter(ctx, result);
  }
  return STATUS[result?.outcome ?? 'signed_in'];
}

const STATUS = { signed_in: 200, wrong: 401, throttled: 429, busy: 503 } as const;
