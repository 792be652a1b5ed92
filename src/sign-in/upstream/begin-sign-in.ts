import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { UpstreamConfig } from '../../config/upstream.ts';
import type { Db } from '../../db/database.ts';
import type { Discover } from './discover.ts';
import { keepSignIn } from './pending.ts';
import type { PendingSignIn, SignInRequest } from './sign-in.ts';
import { toRefusal } from './to-refusal.ts';

/** Dependencies of signing in at the provider. */
export interface UpstreamDeps {
  readonly db: Db;
  readonly upstream: UpstreamConfig;
  readonly discover: Discover;
  /** Redirect URI at the provider. */
  readonly redirectUri: string;
}

/**
 * Keeps a sign-in that is about to begin.
 * @returns it, and its key for the browser alone: the key completes the sign-in
 */
export async function beginSignIn(
  deps: UpstreamDeps,
  request: SignInRequest,
): Promise<{ pending: PendingSignIn; key: string }> {
  const pending = {
    ...request,
    state: randomState(),
    nonce: randomNonce(),
    codeVerifier: randomPKCECodeVerifier(),
    startedAt: Date.now(),
  };
  return { pending, key: await keepSignIn(deps.db, pending) };
}

/**
 * The URL at the provider to which the person is sent. `max_age` is always there: it makes the
 * provider say when the person signed in.
 * @throws UpstreamRefusal where the provider can't be asked
 * @see OpenID Connect Core 1.0 §3.1.2.1, RFC 7636
 */
export async function authorizationUrl(deps: UpstreamDeps, pending: PendingSignIn): Promise<URL> {
  try {
    const provider = await deps.discover();
    return buildAuthorizationUrl(provider, {
      redirect_uri: deps.redirectUri,
      scope: deps.upstream.matchVerifiedEmail ? 'openid email' : 'openid',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      max_age: String(pending.maxAge),
      ui_locales: pending.locale,
      ...(pending.anew || deps.upstream.withoutAuthTime ? { prompt: 'login' } : {}),
      ...(pending.loginHint === undefined ? {} : { login_hint: pending.loginHint }),
    });
  } catch (error) {
    throw toRefusal(error);
  }
}
