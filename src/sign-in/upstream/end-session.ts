import { buildEndSessionUrl } from 'openid-client';
import type { Discover } from './discover.ts';

/**
 * Where the person ends their session at the provider, and is asked whether they want to; undefined
 * where it has no such place, or can't be asked for it now. The way ends there: a way back would be
 * one more address to register.
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
