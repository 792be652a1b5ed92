import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { CountTokenResponse } from '../tokens/count-token-response.ts';
import { currentRedemption } from './current-transaction.ts';

/** Counts the token requests that the provider answers. */
export function countTokenResponses(provider: Provider, count: CountTokenResponse): void {
  provider.on('grant.success', (ctx) => {
    const redemption = currentRedemption();
    if (redemption !== undefined && 'replay' in redemption) {
      count('refresh_token replayed');
      return;
    }
    const grantType = grantTypeOf(ctx);
    if (grantType !== 'other') {
      count(`${grantType} issued`);
    }
  });
  provider.on('grant.error', (ctx) => count(`${grantTypeOf(ctx)} refused`));
}

function grantTypeOf(ctx: KoaContextWithOIDC): 'authorization_code' | 'refresh_token' | 'other' {
  const type = ctx.oidc.params?.grant_type;
  return type === 'authorization_code' || type === 'refresh_token' ? type : 'other';
}
