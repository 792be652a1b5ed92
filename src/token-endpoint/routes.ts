import type { Middleware } from 'koa';
import { clientAddress } from '../http/origin.ts';
import { PATHS } from '../oidc/paths.ts';
import { type RefreshDeps, refreshTokens } from '../tokens/refresh.ts';
import { tokenResponse } from '../tokens/token-response.ts';
import { readRefreshRequest } from './read-refresh-request.ts';

/**
 * Answers plain refresh requests that succeed, in front of all routers. Leaves every other token
 * request to oidc-provider: other grant types, unusual requests, and those that fail, for which it
 * finds the reason. The two answer alike; `test/flows/refresh-paths.test.ts` compares them.
 */
export function refreshEndpoint(deps: RefreshDeps): Middleware {
  return async (ctx, next) => {
    const request =
      ctx.path === PATHS.token && ctx.method === 'POST' ? await readRefreshRequest(ctx) : undefined;
    const tokens = request && (await refreshTokens(deps, request, clientAddress(ctx)));
    if (tokens === undefined) {
      return next();
    }
    ctx.set('Cache-Control', 'no-store');
    ctx.body = tokenResponse(tokens);
  };
}
