import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { COOKIE_OPTIONS } from './cookies.ts';

/** Reads the id of the session from the request; after a sign-in in it, that is the new one. */
export function sessionIdOf(provider: Provider, ctx: Context): string | undefined {
  const renewed: unknown = ctx.state.sessionId;
  return typeof renewed === 'string'
    ? renewed
    : ctx.cookies.get(provider.cookieName('session'), COOKIE_OPTIONS);
}
