import type { Context, Middleware } from 'koa';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { PATHS } from './paths.ts';

const ENDPOINTS: readonly string[] = [
  PATHS.token,
  PATHS.revocation,
  PATHS.pushed_authorization_request,
];

/** Client IDs that were sent with an empty secret in the Authorization header. */
const withoutSecret = new WeakMap<object, string>();

/**
 * Prepares the endpoints of the provider that programs call: they answer in JSON whatever `Accept`
 * says, and `Basic` with an empty secret is how some libraries send a public client.
 * @see RFC 6749 §2.3.1, §5.2; RFC 7009 §2.2
 */
export function programEndpoints(): Middleware {
  return async (ctx, next) => {
    const path = endpointOf(ctx);
    if (path === undefined) {
      return next();
    }
    const isPreflight = ctx.get('Access-Control-Request-Method') !== '';
    if (ctx.method !== 'POST' && !(ctx.method === 'OPTIONS' && isPreflight)) {
      ctx.set('Allow', 'POST, OPTIONS');
      ctx.status = ctx.method === 'OPTIONS' ? 204 : 405;
      return undefined;
    }
    ctx.req.headers.accept = 'application/json';
    moveClientId(ctx);
    await next();
    if (path === PATHS.revocation && ctx.status === 200) {
      // Some libraries take a response that is no JSON for a failure.
      ctx.type = 'application/json';
      ctx.body = {};
    }
    return undefined;
  };
}

/** Returns the path of the endpoint; the provider's router accepts several spellings. */
function endpointOf(ctx: Context): string | undefined {
  const path = ctx.path.toLowerCase().replace(/\/$/, '');
  return ENDPOINTS.find((one) => one === path);
}

/** Takes the client ID of `Basic` with an empty secret out of the header. */
function moveClientId(ctx: Context): void {
  const [, encoded = ''] = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(ctx.get('Authorization')) ?? [];
  const [, clientId] = /^([^:]+):$/.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  if (clientId !== undefined) {
    // Form-encoded inside the header; what can't be decoded is the ID of no client.
    withoutSecret.set(ctx.req, new URLSearchParams(`id=${clientId}`).get('id') ?? '');
    delete ctx.req.headers.authorization;
  }
}

/**
 * Adds the client ID of such a header to the parameters of the request.
 * @throws InvalidRequest if the body names another client
 */
export function addClientId(ctx: Context, params: Record<string, unknown>): void {
  const clientId = withoutSecret.get(ctx.req);
  if (clientId === undefined || !('client_id' in params)) {
    return;
  }
  if (params.client_id !== undefined && params.client_id !== clientId) {
    throw new errors.InvalidRequest('client_id mismatch');
  }
  params.client_id = clientId;
}

/** Descriptions by the provider of credentials that are missing or that it can't read. */
const UNREADABLE =
  /^invalid client_assertion format$|^client_assertion_type must |^invalid authorization header|^client_secret must be provided in the Auth|in the authorization header are not properly encoded$|^no client authentication mechanism/;

/**
 * Answers 401 `invalid_client` with a challenge to every failed client authentication, also to an
 * unknown scheme or an unreadable header, which the provider calls an invalid request.
 * @see RFC 6749 §5.2
 */
export function answerUnauthenticated(provider: Provider): void {
  const listener = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    if (UNREADABLE.test(error.error_description ?? '')) {
      error.error = 'invalid_client';
      ctx.status = 401;
      ctx.body = { error: error.error, error_description: error.error_description };
    }
    if (ctx.status !== 401 || error.error !== 'invalid_client') {
      return;
    }
    if (withoutSecret.has(ctx.req)) {
      error.error_detail = 'client_secret must be provided in the Authorization header';
    }
    if (!ctx.response.get('WWW-Authenticate')) {
      ctx.set('WWW-Authenticate', `Basic realm="${provider.issuer}", error="invalid_client"`);
    }
  };
  provider.on('grant.error', listener);
  provider.on('revocation.error', listener);
  provider.on('pushed_authorization_request.error', listener);
}
