import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { hashOf } from '../credentials.ts';
import { SIGN_IN_TTL } from './sign-in.ts';

/** Sign-ins that one browser can have under way; beyond, the oldest is given up. */
const AT_ONCE = 20;
const NAME = 'stagedoor_upstream_';

/** Makes the key of a sign-in. */
export function newBrowserKey(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Gives the browser the key of a sign-in, in a cookie of its own: tabs that are opened at the same
 * moment don't take each other's key away. Bound to the host, so that no neighbour can plant one.
 */
export function setBrowserKey(ctx: Context, state: string, key: string): void {
  for (const name of keyNames(ctx).slice(0, 1 - AT_ONCE)) {
    setCookie(ctx, name, '', 0);
  }
  setCookie(ctx, cookieName(ctx, state), key, SIGN_IN_TTL);
}

/** The key that this browser has for the sign-in. */
export function browserKey(ctx: Context, state: string): string | undefined {
  return ctx.cookies.get(cookieName(ctx, state), { signed: false });
}

function cookieName(ctx: Context, state: string): string {
  return `${prefix(ctx)}${hashOf(state).toString('hex').slice(0, 16)}`;
}

function prefix(ctx: Context): string {
  return ctx.secure ? `__Host-${NAME}` : NAME;
}

/** Oldest first, as browsers send cookies of one path. */
function keyNames(ctx: Context): string[] {
  return ctx
    .get('Cookie')
    .split(/;\s*/)
    .map((pair) => pair.split('=')[0] ?? '')
    .filter((name) => name.startsWith(prefix(ctx)));
}

/** Written by hand: Koa's jar refuses `Secure` behind a proxy that ends TLS. */
function setCookie(ctx: Context, name: string, value: string, seconds: number): void {
  const attributes = ctx.secure ? '; Secure' : '';
  ctx.append(
    'Set-Cookie',
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${attributes}`,
  );
}
