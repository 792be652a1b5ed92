import type { Context } from 'koa';
import { cookieName, readCookie, setCookie, surplusCookies } from '../../../http/cookies.ts';
import { SIGN_IN_TTL } from '../sign-in.ts';

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
