import type { Middleware } from 'koa';

/** Notes which client a request of the protocol is from, for the log. */
export function noteClient(): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } finally {
      // The provider found it in the database: what a request names may be anything.
      ctx.state.clientId ??= ctx.oidc?.client?.clientId;
    }
  };
}
