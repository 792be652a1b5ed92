import type { Provider } from 'oidc-provider';
import type { RequestCounter } from '../insights/request-counter.ts';
import { currentRedemption } from './current-transaction.ts';

/** Counts the tokens that the provider issues; a repeated response issues none. */
export function countTokens(provider: Provider, counter: RequestCounter): void {
  provider.on('grant.success', ({ oidc }) => {
    const redemption = currentRedemption();
    if (oidc.client !== undefined && !(redemption !== undefined && 'replay' in redemption)) {
      const isRefresh = oidc.params?.grant_type === 'refresh_token';
      counter.add(oidc.client.clientId, isRefresh ? 'refreshed' : 'issued');
    }
  });
}
