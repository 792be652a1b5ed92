import type { RecordSecretUse } from '../client-secrets/record-use.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { hashOf, newCredential } from '../lib/credentials.ts';
import { replaceRefreshToken } from './refresh-store.ts';
import { sealTokens } from './replay.ts';
import type { IssuedTokens } from './token-response.ts';

/** Dependencies of a refresh. */
export interface RefreshDeps {
  readonly database: Database;
  readonly config: Pick<
    Config,
    'accessTokenTtl' | 'refreshTokenTtl' | 'refreshRetrySeconds' | 'scopes'
  >;
  /** Records that a secret of an application was used. */
  readonly recordSecretUse: RecordSecretUse;
}

/** A well-formed refresh request without DPoP. */
export interface RefreshRequest {
  readonly clientId: string;
  /** Undefined: the client is a public application. */
  readonly clientSecret: string | undefined;
  readonly refreshToken: string;
  /** Undefined: all scopes of the refresh token. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Exchanges a refresh token for new tokens, if the client is authenticated and everything is as it
 * should be. Otherwise returns undefined and changes nothing; it is up to the caller to find the
 * reason, and to handle re-use and retries.
 * @see RFC 6749 §6, RFC 9700 §4.14.2
 */
export async function refreshTokens(
  { database, config, recordSecretUse }: RefreshDeps,
  { clientId, clientSecret, refreshToken: presented, scopes }: RefreshRequest,
  ip: string | undefined,
): Promise<IssuedTokens | undefined> {
  const [accessToken, refreshToken] = [newCredential('sda'), newCredential('sdr')];
  const secretHash = clientSecret === undefined ? undefined : hashOf(clientSecret);
  const retrySeconds = config.refreshRetrySeconds;
  const row = await replaceRefreshToken(database, {
    clientId,
    secretHash,
    presentedHash: hashOf(presented),
    requestedScopes: scopes,
    knownScopes: config.scopes.map(({ name }) => name),
    refreshTokenHash: hashOf(refreshToken),
    accessTokenHash: hashOf(accessToken),
    accessTokenTtl: config.accessTokenTtl,
    refreshTokenTtl: config.refreshTokenTtl,
    ip,
    sealed: retrySeconds > 0 ? sealTokens({ presented, accessToken, refreshToken }) : undefined,
    retrySeconds,
  });
  if (row === undefined) {
    return undefined;
  }
  if (secretHash !== undefined) {
    recordSecretUse(secretHash);
  }
  return { accessToken, expiresIn: row.lifetime, refreshToken, scopes: row.scopes, jkt: null };
}
