import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { RequestCounter } from '../insights/request-counter.ts';
import type { CountTokenResponse } from '../tokens/count-token-response.ts';
import { currentRedemption } from './current-transaction.ts';

/** Counts the token requests that the provider answers, and those with new tokens for each application. */
export function countTokenRequests(
  provider: Provider,
  counter: RequestCounter,
  countResponse: CountTokenResponse,
): void {
  provider.on('grant.success', (ctx) => {
    const redemption = currentRedemption();
    if (redemption !== undefined && 'replay' in redemption) {
      countResponse('refresh_token replayed');
      return;
    }
    const grantType = grantTypeOf(ctx);
    if (ctx.oidc.client !== undefined) {
      const kind = grantType === 'refresh_token' ? 'refreshed' : 'issued';
      counter.add(ctx.oidc.client.clientId, kind);
    }
    if (grantType !== 'other') {
      countResponse(`${grantType} issued`);
    }
  });
  provider.on('grant.error', (ctx) => countResponse(`${grantTypeOf(ctx)} refused`));
}

function grantTypeOf(ctx: KoaContextWithOIDC): 'authorization_code' | 'refresh_token' | 'other' {
  const type = ctx.oidc.params?.grant_type;
  return type === 'authorization_code' || type === 'refresh_token' ? type : 'other';
}
