import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import type { CandidateSource } from '../applications/candidate.ts';
import type { RecordAuthenticationFailure } from '../audit/authentication-failure.ts';
import { ASSERTION_ALGORITHMS } from '../client-keys/public-key.ts';
import type { RecordKeyUse } from '../client-keys/store.ts';
import type { RecordSecretUse } from '../client-secrets/store.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import type { ErrorQueue } from '../insights/error-queue.ts';
import { isRegistered } from '../insights/redirect-uri-difference.ts';
import type { RequestCounter } from '../insights/request-counter.ts';
import { deriveKey } from '../lib/encryption.ts';
import type { CountTokenResponse } from '../tokens/count-token-response.ts';
import { DPOP_ALGORITHMS, type OnReplay } from '../tokens/proof.ts';
import { findActiveUser } from '../users/user-store.ts';
import { createAdapterFactory } from './adapter.ts';
import { reportAuthenticationFailures } from './authentication-failures.ts';
import { blockRedirects } from './block-redirects.ts';
import { checkRequest } from './check-request.ts';
import { EXTRA_CLIENT_METADATA } from './client-adapter.ts';
import { recordClientErrors } from './client-errors.ts';
import { checkAssertion } from './client-keys.ts';
import { isForeignPage, mayRead } from './client-origins.ts';
import { compareClientSecret } from './compare-client-secret.ts';
import { cookieSignatures } from './cookie-signatures.ts';
import { COOKIE_OPTIONS, cookieNames, nameRequestCookies } from './cookies.ts';
import { decideOrigin } from './cors.ts';
import { countTokenRequests } from './count-token-requests.ts';
import { currentTransaction } from './current-transaction.ts';
import { createInteractionPolicy } from './interaction-policy.ts';
import { isKnownActive } from './known-rows.ts';
import { sessionLifetime, withinGrant } from './lifetimes.ts';
import { loadExistingGrant } from './load-existing-grant.ts';
import { mayRevoke } from './may-revoke.ts';
import { PATHS } from './paths.ts';
import { prefixTokens } from './prefix-tokens.ts';
import { answerUnauthenticated } from './program-endpoints.ts';
import { readParametersLeniently } from './read-parameters.ts';
import { describeGrantError } from './refuse-at-token.ts';
import type { RenderProtocolError } from './render-error.ts';
import { resourceIndicators } from './resources.ts';
import { signInPath, startsOver } from './sign-in-first.ts';
import { isOwnTrial } from './trials.ts';

/** Seconds. */
const AUTHORIZATION_CODE_TTL = 60;
/** Seconds: how long a person may take over one page of the flow. */
const INTERACTION_TTL = 3600;

const OFF = { enabled: false } as const;

/** Dependencies of the provider. */
export interface ProviderDeps {
  readonly db: Db;
  readonly config: Config;
  readonly cookieKeys: readonly string[];
  readonly renderError: RenderProtocolError;
  /** Records failed requests for the owner of the application. */
  readonly clientErrors: ErrorQueue;
  readonly requestCounter: RequestCounter;
  readonly recordFailure: RecordAuthenticationFailure;
  readonly onReplay: OnReplay;
  readonly countTokenResponse: CountTokenResponse;
  /** Sources of applications that have no row. */
  readonly candidateSources: readonly CandidateSource[];
  /** Records that a secret of an application was used. */
  readonly recordSecretUse: RecordSecretUse;
  /** Records that a key of an application was used. */
  readonly recordKeyUse: RecordKeyUse;
}

/**
 * The protocol engine. It speaks the authorization code and refresh token grants and nothing
 * else; introspection and server metadata are ours (`introspection/routes.ts`, `server-metadata.ts`).
 */
export function createProvider(deps: ProviderDeps): Provider {
  const { db, config } = deps;
  const [firstKey] = deps.cookieKeys;
  if (firstKey === undefined) {
    throw new Error('the provider needs a cookie key');
  }
  const secure = config.issuer.startsWith('https:');
  const signatures = cookieSignatures(
    deps.cookieKeys.map((key) => deriveKey(key, 'cookie signature').toString('base64url')),
  );
  const provider = new Provider(config.issuer, {
    adapter: createAdapterFactory(deps),
    jwks: { keys: [unusedKey()] },
    routes: PATHS,
    responseTypes: ['code'],
    scopes: config.scopes.map((scope) => scope.name),
    claims: {},
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    assertJwtClientAuthClaimsAndHeader: checkAssertion(config.issuer, deps.recordKeyUse),
    // The provider checks it for every client, though no ID token is ever issued here.
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: {
      clientAuthSigningAlgValues: ASSERTION_ALGORITHMS,
      idTokenSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: DPOP_ALGORITHMS,
    },
    extraClientMetadata: { properties: EXTRA_CLIENT_METADATA },
    // Not a parameter of ours: the place where our checks run, at `authorize` and at `par`.
    extraParams: { approval_prompt: checkRequest(config) },
    // A client names the URI it was registered with, even if there is only one.
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: (_ctx, client) => client.require_pkce !== false },
    clientBasedCORS: (ctx, origin, client) => {
      decideOrigin(ctx, mayRead(origin, client));
      return !isForeignPage(origin, client);
    },
    cookies: {
      names: cookieNames(secure),
      keys: signatures,
      long: COOKIE_OPTIONS,
      short: COOKIE_OPTIONS,
    },
    features: {
      devInteractions: OFF,
      introspection: OFF,
      userinfo: OFF,
      clientCredentials: OFF,
      rpInitiatedLogout: OFF,
      resourceIndicators: resourceIndicators(deps),
      dPoP: { enabled: true, nonceSecret: deriveKey(firstKey, 'DPoP nonce') },
      revocation: { enabled: true, allowedPolicy: mayRevoke },
      pushedAuthorizationRequests: { enabled: true },
    },
    findAccount: async (_ctx, id) => {
      const isActive =
        isKnownActive(id) || (await findActiveUser(currentTransaction() ?? db, id)) !== undefined;
      return isActive ? { accountId: id, claims: () => ({ sub: id }) } : undefined;
    },
    interactions: {
      policy: createInteractionPolicy(),
      url: (ctx, interaction) =>
        startsOver(ctx, interaction.prompt.name)
          ? signInPath(config.issuer, ctx)
          : `/interaction/${interaction.uid}`,
    },
    loadExistingGrant: loadExistingGrant({ db, config }),
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    expiresWithSession: () => false,
    renderError: deps.renderError,
    ttl: {
      AccessToken: (ctx) => withinGrant(ctx, config.accessTokenTtl),
      AuthorizationCode: () => AUTHORIZATION_CODE_TTL,
      Grant: () => config.refreshTokenTtl,
      // The cookies of an interaction that is not stored end at once.
      Interaction: (ctx, { prompt }) => (startsOver(ctx, prompt.name) ? 1 : INTERACTION_TTL),
      RefreshToken: (ctx) => withinGrant(ctx, config.refreshTokenTtl),
      Session: (_ctx, session) => sessionLifetime(config, session.loginTs),
    },
  });
  nameRequestCookies(provider, { secure, signatures });
  keepSessionId(provider);
  provider.proxy = true;
  provider.maxIpsCount = config.trustProxy;
  provider.Client.prototype.compareClientSecret = compareClientSecret(deps.recordSecretUse);
  provider.Client.prototype.redirectUriAllowed = function isAllowed(redirectUri) {
    return (
      this.awaits_sign_in === true ||
      isRegistered({ redirectUris: this.redirectUris ?? [] }, redirectUri) ||
      isOwnTrial(config.issuer, { clientId: this.clientId, ownerId: this.owner_id }, redirectUri)
    );
  };
  prefixTokens(provider);
  readParametersLeniently(provider);
  provider.on('grant.error', describeGrantError);
  answerUnauthenticated(provider);
  recordClientErrors(provider, deps.clientErrors);
  countTokenRequests(provider, deps.requestCounter, deps.countTokenResponse);
  reportAuthenticationFailures(provider, deps.recordFailure);
  blockRedirects(provider);
  provider.on('server_error', (ctx, error) => {
    ctx.state.serverError = error;
  });
  return provider;
}

/**
 * The provider insists on a key for ID tokens, which are never issued here. What this server signs,
 * and the keys that it publishes, are ours (`signing-keys/keyring.ts`), since the provider's are fixed.
 */
function unusedKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'jwk' });
}

/**
 * Keeps the id of a session when a request resumes. Each sign-in gives it a new one (`sessions.ts`),
 * so the provider's own renewal protects nothing, and would sign other tabs out that load meanwhile.
 */
function keepSessionId(provider: Provider): void {
  const { resetIdentifier } = provider.Session.prototype;
  provider.Session.prototype.resetIdentifier = function reset(
    this: typeof provider.Session.prototype,
  ) {
    if (Provider.ctx?.oidc.route !== 'resume') {
      resetIdentifier.call(this);
    }
  };
}
