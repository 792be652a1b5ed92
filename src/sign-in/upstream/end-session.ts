import { buildEndSessionUrl } from 'openid-client';
import type { Discover } from './discover.ts';

/**
 * Returns the provider's page that ends the user's session there after a confirmation; undefined if
 * there is none or the provider is unreachable. It does not lead back: that would require one more
 * registered address.
 * @see OpenID Connect RP-Initiated Logout 1.0 §2
 */
export async function endSessionUrl(discover: Discover): Promise<URL | undefined> {
  try {
    const provider = await discover();
    return provider.serverMetadata().end_session_endpoint === undefined
      ? undefined
      : buildEndSessionUrl(provider);
  } catch {
    return undefined;
  }
}
