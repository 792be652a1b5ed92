import type { Context } from 'koa';
import { cookieName, setCookie } from '../../http/cookies.ts';
import { seal, unseal } from '../../lib/sealed.ts';
import type { AccountPagesDeps } from './account-page.ts';

/** Seconds between the answer to a form and the page that it leads to. */
const LIFETIME = 120;
/** A secret is `sds_` and 49 characters; nothing longer is opened. */
const LONGEST = 400;

type Deps = Pick<AccountPagesDeps, 'cookieKeys'>;
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
 * the server; the browser carries it, sealed, in a cookie that only that page reads and removes.
 */
export function handOverSecret(deps: Deps, ctx: Context, place: Place, secret: string): void {
  const [key] = deps.cookieKeys;
  if (key !== undefined) {
    const sealed = seal(key, purpose(place), secret).toString('base64url');
    setCookie(ctx, nameOf(ctx, place), sealed, { seconds: LIFETIME, sameSite: 'Strict' });
  }
}

/** The secret that was handed over to this page, once. */
export function takeSecret(deps: Deps, ctx: Context, place: Place): string | undefined {
  const sealed = ctx.cookies.get(nameOf(ctx, place), { signed: false });
  if (sealed === undefined || sealed.length > LONGEST) {
    return undefined;
  }
  setCookie(ctx, nameOf(ctx, place), '', { sameSite: 'Strict' });
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

function nameOf(ctx: Context, { path }: Place): string {
  return cookieName(ctx.secure, 'new_secret', path);
}
