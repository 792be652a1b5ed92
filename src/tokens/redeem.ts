import type { RecordSecretUse } from '../client-secrets/store.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { hashOf, newCredential } from '../lib/credentials.ts';
import { exchangeCode, exchangeOwnCode } from './exchange-store.ts';
import type { RedemptionRow, RedemptionValues } from './redemption-store.ts';
import { replaceRefreshToken } from './refresh-store.ts';
import { sealTokens } from './replay.ts';
import type { IssuedTokens } from './token-response.ts';

/** Dependencies of a redemption. */
export interface RedeemDeps {
  readonly database: Database;
  readonly config: Pick<
    Config,
    'accessTokenTtl' | 'refreshTokenTtl' | 'refreshRetrySeconds' | 'registration' | 'scopes'
  >;
  /** Records that a secret of an application was used. */
  readonly recordSecretUse: RecordSecretUse;
}

/** A well-formed token request without DPoP. */
export type TokenRequest = RefreshRequest | ExchangeRequest;

interface AnyRequest {
  readonly clientId: string;
  /** Undefined: the client is a public application. */
  readonly clientSecret: string | undefined;
  /** The code or refresh token. */
  readonly presented: string;
}

/** @see RFC 6749 §6 */
interface RefreshRequest extends AnyRequest {
  readonly grantType: 'refresh_token';
  /** Undefined: all scopes of the refresh token. */
  readonly scopes: readonly string[] | undefined;
}

/** @see RFC 6749 §4.1.3, RFC 7636 §4.5 */
interface ExchangeRequest extends AnyRequest {
  readonly grantType: 'authorization_code';
  readonly redirectUri: string;
  readonly codeVerifier: string | undefined;
}

/**
 * Exchanges a code or refresh token for new tokens, if the client is authenticated and everything is
 * as it should be. Otherwise returns undefined and changes nothing; it is up to the caller to find the
 * reason, and to handle re-use and retries.
 * @see RFC 6749 §4.1.3 and §6, RFC 9700 §4.14.2
 */
export async function redeem(
  deps: RedeemDeps,
  request: TokenRequest,
  ip: string | undefined,
): Promise<IssuedTokens | undefined> {
  const { config } = deps;
  const { clientId, clientSecret, presented } = request;
  const secretHash = clientSecret === undefined ? undefined : hashOf(clientSecret);
  const { accessToken, refreshToken, ...created } = newTokens(config);
  const values = { ...created, clientId, secretHash, presentedHash: hashOf(presented), ip };
  const row =
    request.grantType === 'authorization_code'
      ? await exchange(deps, request, values)
      : await refresh(deps, request, values, () =>
          sealTokens({ presented, accessToken, refreshToken }),
        );
  if (row === undefined) {
    return undefined;
  }
  if (secretHash !== undefined) {
    deps.recordSecretUse(secretHash);
  }
  return { accessToken, expiresIn: row.lifetime, refreshToken, scopes: row.scopes, jkt: null };
}

/** A code that the owner of an application was given as its user. */
export interface OwnCode {
  readonly clientId: string;
  readonly ownerId: string;
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Exchanges a code for the owner of its application, who was also the user that allowed the access,
 * without the application's secret or key. Returns undefined and changes nothing if the code, the
 * redirect URI or the verifier is wrong, or the owner is not both.
 */
export async function redeemOwnCode(
  { database, config }: Pick<RedeemDeps, 'database' | 'config'>,
  { clientId, ownerId, code, redirectUri, codeVerifier }: OwnCode,
  ip: string | undefined,
): Promise<IssuedTokens | undefined> {
  const { accessToken, refreshToken, ...created } = newTokens(config);
  const row = await exchangeOwnCode(
    database,
    {
      ...created,
      clientId,
      secretHash: undefined,
      presentedHash: hashOf(code),
      ip,
      redirectUri,
      codeChallenge: hashOf(codeVerifier).toString('base64url'),
      worksUnreviewed: config.registration !== 'approval',
    },
    ownerId,
  );
  return (
    row && { accessToken, expiresIn: row.lifetime, refreshToken, scopes: row.scopes, jkt: null }
  );
}

/** Creates tokens, and the values of a statement that issues them. */
function newTokens({
  scopes,
  accessTokenTtl,
  refreshTokenTtl,
}: Pick<RedeemDeps['config'], 'scopes' | 'accessTokenTtl' | 'refreshTokenTtl'>) {
  const [accessToken, refreshToken] = [newCredential('sda'), newCredential('sdr')];
  return {
    accessToken,
    refreshToken,
    knownScopes: scopes.map(({ name }) => name),
    refreshTokenHash: hashOf(refreshToken),
    accessTokenHash: hashOf(accessToken),
    accessTokenTtl,
    refreshTokenTtl,
  };
}

function exchange(
  { database, config }: RedeemDeps,
  { redirectUri, codeVerifier }: ExchangeRequest,
  values: RedemptionValues,
): Promise<RedemptionRow | undefined> {
  return exchangeCode(database, {
    ...values,
    redirectUri,
    codeChallenge: codeVerifier && hashOf(codeVerifier).toString('base64url'),
    worksUnreviewed: config.registration !== 'approval',
  });
}

function refresh(
  { database, config }: RedeemDeps,
  { scopes }: RefreshRequest,
  values: RedemptionValues,
  seal: () => Uint8Array,
): Promise<RedemptionRow | undefined> {
  const retrySeconds = config.refreshRetrySeconds;
  return replaceRefreshToken(database, {
    ...values,
    requestedScopes: scopes,
    sealed: retrySeconds > 0 ? seal() : undefined,
    retrySeconds,
  });
}
