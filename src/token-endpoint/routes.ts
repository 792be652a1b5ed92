import type { Middleware } from 'koa';
import { clientAddress } from '../http/origin.ts';
import type { RequestCounter } from '../insights/request-counter.ts';
import { PATHS } from '../oidc/paths.ts';
import type { CountTokenResponse } from '../tokens/count-token-response.ts';
import { type RedeemDeps, redeem } from '../tokens/redeem.ts';
import { tokenResponse } from '../tokens/token-response.ts';
import { readTokenRequest } from './read-token-request.ts';

/**
 * Answers plain code exchanges and refreshes that succeed, in front of all routers. Leaves every other
 * token request to oidc-provider: unusual ones, and those that fail, for which it finds the reason.
 * The two answer alike; `test/flows/refresh-paths.test.ts` and `exchange-paths.test.ts` compare them.
 */
export function tokenEndpoint(
  deps: RedeemDeps & {
    readonly counter: RequestCounter;
    readonly countResponse: CountTokenResponse;
  },
): Middleware {
  return async (ctx, next) => {
    const request =
      ctx.path === PATHS.token && ctx.method === 'POST' ? await readTokenRequest(ctx) : undefined;
    const tokens = request && (await redeem(deps, request, clientAddress(ctx)));
    if (request === undefined || tokens === undefined) {
      return next();
    }
    const kind = request.grantType === 'refresh_token' ? 'refreshed' : 'issued';
    deps.counter.add(request.clientId, kind);
    ctx.state.clientId = request.clientId;
    deps.countResponse(`${request.grantType} issued`);
    ctx.set('Cache-Control', 'no-store');
    ctx.body = tokenResponse(tokens);
  };
}
