import type { Context } from 'koa';
import { cookieName, readCookie, setCookie, surplusCookies } from '../../../http/cookies.ts';
import { SIGN_IN_TTL } from '../sign-in.ts';

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

/** Maximum number of unfinished sign-ins of a browser; the oldest is dropped. */
const AT_ONCE = 20;
/** Maximum length of all keys together: the headers of a request stay below common limits. */
const TOGETHER = 6_000;

/**
 * Sets the browser's key of a sign-in, in one cookie for each: tabs that are opened at the same
 * moment do not overwrite each other's key.
 */
export function setBrowserKey(ctx: Context, state: string, key: string): void {
  const { secure } = ctx;
  const characters = TOGETHER - key.length;
  const kept = { secure, kind: 'upstream', keep: AT_ONCE - 1, characters } as const;
  for (const name of surplusCookies(ctx.get('Cookie'), kept)) {
    setCookie(ctx, name, '');
  }
  setCookie(ctx, cookieName(secure, 'upstream', state), key, { seconds: SIGN_IN_TTL });
}

/** Returns the browser's key of a sign-in. */
export function browserKey(ctx: Context, state: string): string | undefined {
  return readCookie(ctx.headers.cookie, cookieName(ctx.secure, 'upstream', state));
}
