import { crossOrigin } from '@stagedoor/resource-server';
import type { Context, Middleware } from 'koa';

/** Scripts that may read the responses of a path. */
export interface CrossOriginRule {
  readonly methods: string;
  /**
   * `any`: scripts of every origin. `client`: of the origins of the client that sends the request,
   * see `decideOrigin`.
   */
  readonly origins: 'any' | 'client';
}

/**
 * Sets the headers of the CORS protocol, on errors too, and answers preflights. Never with
 * credentials: no cookie counts at these paths.
 * @param rules by path in lower case, without a slash at the end
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function crossOriginResponses(rules: ReadonlyMap<string, CrossOriginRule>): Middleware {
  return async (ctx, next) => {
    const rule = rules.get(ctx.path.toLowerCase().replace(/\/$/, ''));
    if (rule === undefined) {
      return next();
    }
    const { isPreflight, headers } = crossOrigin(ctx.req as PreflightRequest, rule.methods);
    let failed = false;
    try {
      if (isPreflight) {
        ctx.status = 204;
      } else {
        await next();
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      removeAllowedOrigin(ctx);
      const isOpen = isPreflight || failed || ctx.status >= 400;
      const origin = rule.origins === 'any' ? '*' : allowedOrigin(ctx, isOpen);
      if (rule.origins === 'client') {
        ctx.vary('Origin');
      }
      if (origin !== undefined) {
        ctx.set({ ...headers, 'Access-Control-Allow-Origin': origin });
      }
    }
    return undefined;
  };
}

/** Node.js sets the method of every request that a server receives. */
type PreflightRequest = Context['req'] & { readonly method: string };

/** Notes if a script of the request's origin may read the response to this client. */
export function decideOrigin(ctx: Context, allowed: boolean): void {
  ctx.state.originAllowed = allowed;
}

/**
 * Returns the origin whose scripts may read the response. Sandboxed pages of any site have the origin
 * `null`.
 * @param isOpen true for a preflight, which names no client, and for an error: until the client is
 *   known, it contains nothing of it
 */
function allowedOrigin(ctx: Context, isOpen: boolean): string | undefined {
  const origin = ctx.get('Origin');
  const decided: unknown = ctx.state.originAllowed;
  const allowed = decided === true || (decided === undefined && isOpen);
  return allowed && origin !== '' && origin !== 'null' ? origin : undefined;
}

/** Removes what the provider has set. */
function removeAllowedOrigin(ctx: Context): void {
  for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']) {
    ctx.remove(name);
  }
}
