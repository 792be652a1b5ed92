import type { Context } from 'koa';
import { cookieName, readCookie, setCookie } from '../../../http/cookies.ts';

/** Seconds; the next sign-in ends it before. */
const LIFETIME = 30 * 86_400;

/**
 * Makes the provider ask for the user at the next sign-in of this browser: after a sign-out, or the
 * sign-in of a user who is not allowed in. The session at the provider may go on, and would sign the
 * same user in at once.
 */
export function forceReauthentication(ctx: Context): void {
  setCookie(ctx, nameOf(ctx), '1', { seconds: LIFETIME });
}

/** Tests if the provider has to authenticate the user again at the next sign-in. */
export function mustReauthenticate(ctx: Context): boolean {
  return readCookie(ctx.headers.cookie, nameOf(ctx)) === '1';
}

/** Ends `forceReauthentication` after a sign-in. */
export function hasReauthenticated(ctx: Context): void {
  if (mustReauthenticate(ctx)) {
    setCookie(ctx, nameOf(ctx), '');
  }
}

function nameOf(ctx: Context): string {
  return cookieName(ctx.secure, 'ask_anew');
}
