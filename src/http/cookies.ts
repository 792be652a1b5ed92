import type { Context } from 'koa';
import { hashOf } from '../lib/credentials.ts';

/**
 * Browsers accept a cookie with this prefix only from this host, by https and for all paths, so
 * that neither a neighboring host nor the network can set one.
 */
const PREFIX = '__Host-';

/** The cookies of this server. */
type CookieKind =
  | 'session'
  | 'request'
  | 'csrf'
  | 'device'
  | 'new_secret'
  | 'upstream'
  | 'ask_anew'
  | 'samples'
  | 'trial';

/** Lifetime of a cookie, and the requests that carry it. */
interface CookieLife {
  /** Until the browser is closed, if not given. */
  readonly seconds?: number;
  readonly sameSite?: 'Lax' | 'Strict';
}

/**
 * Returns the name of a cookie. Names without the prefix are never read on an https issuer.
 * @param secure true if the issuer is https
 * @param of distinguishes cookies of one kind, for example by their page
 */
export function cookieName(secure: boolean, kind: CookieKind, of?: string): string {
  const suffix = of === undefined ? '' : `_${hashOf(of).toString('hex').slice(0, 16)}`;
  return `${secure ? PREFIX : ''}stagedoor_${kind}${suffix}`;
}

/** Tests if the browser sent any cookie of this server. */
export function sendsCookies(ctx: Context): boolean {
  return ctx.get('Cookie').includes('stagedoor_');
}

/**
 * Reads a cookie by its name from the header `Cookie`. Koa's jar keeps a regular expression for each
 * name for as long as the process runs, and many names here occur in one request only.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = (header ?? '').split(/; */).find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** Sets a cookie, or removes it with an empty value. Scripts can't read it. */
export function setCookie(ctx: Context, name: string, value: string, life: CookieLife = {}): void {
  const { seconds = value === '' ? 0 : undefined, sameSite = 'Lax' } = life;
  // Written by hand: Koa's jar refuses `Secure` behind a proxy that ends TLS.
  const attributes = [
    `${name}=${value}`,
    'Path=/',
    ...(seconds === undefined ? [] : [`Max-Age=${seconds}`]),
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(name.startsWith(PREFIX) ? ['Secure'] : []),
  ];
  ctx.append('Set-Cookie', attributes.join('; '));
}

/**
 * Returns the names of the browser's cookies of one kind beyond the newest `keep`, or beyond a number
 * of characters. Browsers send the oldest first, and a limit keeps the header small enough for every
 * proxy.
 * @param header the header `Cookie`
 */
export function surplusCookies(
  header: string | undefined,
  kind: {
    readonly secure: boolean;
    readonly kind: CookieKind;
    readonly keep: number;
    readonly characters?: number;
  },
): string[] {
  const start = `${cookieName(kind.secure, kind.kind)}_`;
  const pairs = (header ?? '').split(/;\s*/).filter((pair) => pair.startsWith(start));
  let characters = kind.characters ?? Number.POSITIVE_INFINITY;
  return pairs
    .filter((pair) => !nameOf(pair).endsWith('.sig'))
    .reverse()
    .flatMap((pair, index) => {
      characters -= pair.length;
      return index >= kind.keep || characters < 0 ? [nameOf(pair)] : [];
    });
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0] ?? '';
}
