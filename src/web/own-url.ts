import type { Middleware } from 'koa';

/**
 * Makes the issuer the only source of our own URLs and of "is this https": a forged `Host` or
 * `X-Forwarded-*` header must not end up in metadata, redirects or cookies. Needs `app.proxy`,
 * since this is how Koa and oidc-provider are told.
 * @param trustProxy whether a reverse proxy's `X-Forwarded-For` may name the client's address
 */
export function ownUrl(issuer: string, trustProxy: boolean): Middleware {
  const { host, protocol } = new URL(issuer);
  return (ctx, next) => {
    const { headers } = ctx.req;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    headers.host = host;
    if (!trustProxy && headers['x-forwarded-for'] !== undefined) {
      delete headers['x-forwarded-for'];
    }
    return next();
  };
}
