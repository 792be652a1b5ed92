import type { Context } from 'koa';
import { cookieName, readCookie, setCookie } from '../../http/cookies.ts';
import { PageAnswer, seeOther } from '../../http/page.ts';
import { seal, unseal } from '../../lib/encryption.ts';
import { APPLICATIONS, type ApplicationPagesDeps } from './owner-page.ts';

/** Seconds between the answer to the form and the start page. */
const LIFETIME = 120;
/** Longest cookie that is decrypted. A secret is `sds_` and 49 characters. */
const LONGEST = 400;

type Keys = Pick<ApplicationPagesDeps, 'cookieKeys'>;

/** Owner and application of a new secret. */
interface SecretOf {
  readonly userId: string;
  readonly clientId: string;
}

/** Path of the page that shows a new secret once. */
export function startPath(clientId: string): string {
  return `${APPLICATIONS}/${clientId}/start`;
}

/**
 * Redirects to the start page, which shows the new secret once: after a reload it is gone. The
 * server does not store the secret; the browser carries it in an encrypted cookie, which only that
 * page reads and deletes.
 */
export function toStartPage(
  { cookieKeys: [key] }: Keys,
  of: SecretOf,
  occasion: 'registered' | 'secret_added',
  secret: string | undefined,
): PageAnswer {
  return new PageAnswer((renderer, ctx) => {
    if (key !== undefined && secret !== undefined) {
      const sealed = seal(key, purpose(of), secret).toString('base64url');
      setCookie(ctx, nameOf(ctx, of), sealed, { seconds: LIFETIME, sameSite: 'Strict' });
    }
    seeOther(`${startPath(of.clientId)}?occasion=${occasion}`).send(renderer, ctx);
  });
}

/** Returns the new secret that the cookie carries, and deletes the cookie. */
export function takeSecret({ cookieKeys }: Keys, ctx: Context, of: SecretOf): string | undefined {
  const sealed = readCookie(ctx.headers.cookie, nameOf(ctx, of));
  if (sealed === undefined || sealed.length > LONGEST) {
    return undefined;
  }
  setCookie(ctx, nameOf(ctx, of), '', { sameSite: 'Strict' });
  for (const key of cookieKeys) {
    try {
      return unseal(key, purpose(of), Buffer.from(sealed, 'base64url'));
    } catch {
      // Encrypted with another key or for another page, or not by this server.
    }
  }
  return undefined;
}

function purpose({ userId, clientId }: SecretOf): string {
  return `new secret of ${clientId} for ${userId}`;
}

function nameOf(ctx: Context, { clientId }: SecretOf): string {
  return cookieName(ctx.secure, 'new_secret', startPath(clientId));
}
