import type { Context } from 'koa';

/** Paths without parameters that no router serves. */
const FIXED =
  /^\/(api\/v1\/oauth\/(introspect|changes|token|revoke_token|par|authorize)|\.well-known\/(oauth-authorization-server|openid-configuration))$/;

/**
 * Returns the pattern of the route that serves a request, `/interaction/:uid` for example. Never a part of
 * the URL that a caller chose: it may be a secret.
 */
export function routePattern(ctx: Context): string {
  // Set by the router, whose types omit it.
  const matched: unknown = ctx._matchedRoute;
  const path = pathOf(ctx);
  if (FIXED.test(path)) {
    return path;
  }
  if (typeof matched === 'string' && matched !== '') {
    return matched;
  }
  if (path.startsWith('/api/v1/oauth/authorize/')) {
    return '/api/v1/oauth/authorize/:uid';
  }
  return path.startsWith('/assets/') ? '/assets/:file' : 'other';
}

/** Returns the path; empty if the request line cannot be parsed. */
export function pathOf(ctx: Context): string {
  try {
    return ctx.path;
  } catch {
    return '';
  }
}
