import type { Context } from 'koa';
import { seal, unseal } from '../sealed.ts';
import type { AccountPagesDeps } from './account-page.ts';

/** Seconds between the answer to a form and the page that it leads to. */
const LIFETIME = 120;
/** A secret is `sds_` and 49 characters; nothing longer is opened. */
const LONGEST = 400;

type Deps = Pick<AccountPagesDeps, 'config' | 'cookieKeys'>;
/** For whom, and at which page. */
interface Place {
  readonly userId: string;
  readonly clientId: string;
  /** The path of the only page that gets it. */
  readonly path: string;
}

/**
 * Hands a new secret over to the page that shows it, across the redirect that follows a form: a
 * reload of that page neither makes another secret nor shows this one again. It is not stored on
 * the server; the browser carries it for one request, sealed, in a cookie for that page alone.
 */
export function handOverSecret(deps: Deps, ctx: Context, place: Place, secret: string): void {
  const [key] = deps.cookieKeys;
  if (key !== undefined) {
    const sealed = seal(key, purpose(place), secret).toString('base64url');
    setCookie(deps, ctx, place, sealed, LIFETIME);
  }
}

/** The secret that was handed over to this page, once. */
export function takeSecret(deps: Deps, ctx: Context, place: Place): string | undefined {
  const sealed = ctx.cookies.get(cookieName(deps), { signed: false });
  if (sealed === undefined || sealed.length > LONGEST) {
    return undefined;
  }
  setCookie(deps, ctx, place, '', 0);
  for (const key of deps.cookieKeys) {
    try {
      return unseal(key, purpose(place), Buffer.from(sealed, 'base64url'));
    } catch {
      // Another key, another page, or not ours at all.
    }
  }
  return undefined;
}

function purpose({ userId, clientId }: Place): string {
  return `new secret of ${clientId} for ${userId}`;
}

function cookieName(deps: Deps): string {
  return isSecure(deps) ? '__Secure-stagedoor_new_secret' : 'stagedoor_new_secret';
}

/** Written by hand: Koa's jar refuses `Secure` behind a proxy that ends TLS. */
function setCookie(deps: Deps, ctx: Context, place: Place, value: string, seconds: number): void {
  const attributes = isSecure(deps) ? '; Secure' : '';
  ctx.append(
    'Set-Cookie',
    `${cookieName(deps)}=${value}; Path=${place.path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${attributes}`,
  );
}

function isSecure(deps: Deps): boolean {
  return deps.config.issuer.startsWith('https:');
}
