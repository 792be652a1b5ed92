import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { RESPONSE_PARAMETERS } from '../applications/redirect-uri.ts';

/**
 * Appends the parameters of an authorization response to the redirect URI as it was registered. The
 * provider serializes its query again, which makes a signed query invalid.
 * @see RFC 6749 §3.1.2, §4.1.2
 */
export function keepRedirectQuery(): Middleware {
  return async (ctx, next) => {
    await next();
    const { oidc } = ctx as Partial<KoaContextWithOIDC>;
    const redirectUri = oidc?.params?.redirect_uri;
    const written = URL.parse(String(ctx.response.get('Location') ?? ''));
    if (
      typeof redirectUri === 'string' &&
      redirectUri.includes('?') &&
      written !== null &&
      isResponseTo(redirectUri, written)
    ) {
      ctx.redirect(appendResponse(redirectUri, written.searchParams));
    }
  };
}

/** Tests if a redirect is an authorization response in the query. Each has `iss` (RFC 9207). */
function isResponseTo(redirectUri: string, { href, hash, searchParams }: URL): boolean {
  const [start] = (URL.parse(redirectUri)?.href ?? '').split('?');
  return href.split('?')[0] === start && hash === '' && searchParams.has('iss');
}

function appendResponse(redirectUri: string, written: URLSearchParams): string {
  const response = new URLSearchParams(
    [...written].filter(([name]) => RESPONSE_PARAMETERS.has(name)),
  );
  const separator = /[?&]$/.test(redirectUri) ? '' : '&';
  return `${redirectUri}${separator}${response}`;
}
