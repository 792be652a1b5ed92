import type { Context } from 'koa';
import { cookieName, setCookie, surplusCookies } from '../../../http/cookies.ts';
import { SIGN_IN_TTL } from '../sign-in.ts';

/** Sign-ins that one browser can have under way; beyond, the oldest is given up. */
const AT_ONCE = 20;
/** Characters of all keys together, so that a request's headers stay below common limits. */
const TOGETHER = 6_000;

/**
 * Gives the browser the key of a sign-in, in a cookie of its own: tabs that are opened at the same
 * moment don't take each other's key away.
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

/** The key that this browser has for the sign-in. */
export function browserKey(ctx: Context, state: string): string | undefined {
  return ctx.cookies.get(cookieName(ctx.secure, 'upstream', state), { signed: false });
}
