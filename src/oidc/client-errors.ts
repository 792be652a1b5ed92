import type { Client, errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { readAssertionNames } from '../client-keys/assertion.ts';
import { requestIdOf } from '../http/request-id.ts';
import type { Endpoint } from '../insights/client-error.ts';
import { type Diagnosis, diagnose } from '../insights/diagnose.ts';
import type { ErrorQueue } from '../insights/error-queue.ts';
import type { FailedClient, Failure, SentParameters } from '../insights/failure.ts';
import { isClientId } from '../lib/client-id.ts';
import { ownValue } from '../lib/own-value.ts';
import { noteLogged } from './error-uri.ts';
import { requestedResources } from './read-parameters.ts';
import { isOwnTrial } from './trials.ts';

type ProtocolError = errors.OIDCProviderError;

/**
 * Notes each failed request of an application, with the exact reason, for its owner. Nothing of
 * the request depends on it: it does not wait, and whatever goes wrong in here goes no further.
 */
export function recordClientErrors(provider: Provider, queue: ErrorQueue): void {
  const listener = (endpoint: Endpoint) => (ctx: KoaContextWithOIDC, error: ProtocolError) => {
    try {
      if (error.error === 'use_dpop_nonce' || isOfTrial(provider.issuer, ctx)) {
        // No failure: the client asks again with the nonce that it was given, or its owner tries it out.
        return;
      }
      const failure = toFailure(endpoint, ctx, error);
      if (failure !== undefined) {
        const { clientId, sent } = failure;
        const diagnosis = diagnose(failure);
        const isKept = queue.add({
          clientId,
          happenedAt: new Date(),
          endpoint,
          isRefresh: endpoint === 'token' && sent.grantType === 'refresh_token',
          error: error.error,
          requestId: requestIdOf(ctx.req),
          ...diagnosis,
        });
        if (isKept && endpoint === 'authorize') {
          noteLogged(ctx, provider.issuer, diagnosis.reason);
        }
      }
    } catch {
      // An emitter's listener that throws would fail the request.
    }
  };
  provider.on('authorization.error', listener('authorize'));
  provider.on('grant.error', listener('token'));
  provider.on('revocation.error', listener('revoke_token'));
  provider.on('pushed_authorization_request.error', listener('par'));
}

/** Finds out what was wrong with an authorization request; undefined if it names no application. */
export function diagnoseRequest(
  ctx: KoaContextWithOIDC,
  error: ProtocolError,
): Diagnosis | undefined {
  const failure = toFailure('authorize', ctx, error);
  return failure && diagnose(failure);
}

function isOfTrial(issuer: string, { oidc: { client, params } }: KoaContextWithOIDC): boolean {
  const uri = params?.redirect_uri;
  return (
    client !== undefined &&
    typeof uri === 'string' &&
    isOwnTrial(issuer, { clientId: client.clientId, ownerId: client.owner_id }, uri)
  );
}

function toFailure(
  endpoint: Endpoint,
  ctx: KoaContextWithOIDC,
  error: ProtocolError,
): Failure | undefined {
  const client = ctx.oidc.client;
  const clientId = client?.clientId ?? presentedClientId(ctx);
  // Writing the entry checks if the application exists.
  return clientId === undefined || !isClientId(clientId)
    ? undefined
    : {
        clientId,
        endpoint,
        error: error.error,
        description: error.error_description,
        detail: error.error_detail,
        cause: error.cause instanceof Error ? error.cause.message : undefined,
        scope: 'scope' in error && typeof error.scope === 'string' ? error.scope : undefined,
        client: client && toFailedClient(client),
        sent: sentParameters(ctx),
      };
}

/** Returns the client ID that the request names, if it failed before the client was looked up. */
function presentedClientId(ctx: KoaContextWithOIDC): string | undefined {
  const [, encoded] = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(ctx.get('Authorization')) ?? [];
  if (encoded !== undefined) {
    const [name] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    return name;
  }
  const parameter = parameterReader(ctx);
  return (
    parameter('client_id') ?? readAssertionNames(parameter('client_assertion') ?? '')?.clientId
  );
}

function toFailedClient(client: Client): FailedClient {
  const clientType = client.clientAuthMethod === 'none' ? 'public' : 'confidential';
  const state = client.application_state;
  return {
    clientType,
    redirectUris: client.redirectUris ?? [],
    scopes: client.scope?.split(' ') ?? [],
    state: state === 'disabled' || state === 'suspended' ? state : 'active',
    hasSecret: Array.isArray(client.secret_hashes) && client.secret_hashes.length > 0,
    hasKey: client.jwks !== undefined && client.jwks.keys.length > 0,
  };
}

function sentParameters(ctx: KoaContextWithOIDC): SentParameters {
  const parameter = parameterReader(ctx);
  const assertion = readAssertionNames(parameter('client_assertion') ?? '');
  return {
    redirectUri: parameter('redirect_uri'),
    responseType: parameter('response_type'),
    responseMode: parameter('response_mode'),
    prompt: parameter('prompt'),
    grantType: parameter('grant_type'),
    resource: sentResources(ctx),
    codeChallengeMethod: parameter('code_challenge_method'),
    codeChallengeLength: parameter('code_challenge')?.length ?? 0,
    origin: ctx.get('Origin') || undefined,
    keyId: typeof assertion?.kid === 'string' ? assertion.kid : undefined,
    audience: assertion?.audience,
  };
}

function sentResources(ctx: KoaContextWithOIDC): string | undefined {
  const { params = {} } = ctx.oidc;
  const keys = [params.resource ?? requestedResources(ctx)].flat().map(String);
  return keys.length === 0 ? undefined : keys.join(' ');
}

/** The parameters as the provider reads them; it forgets some where it refuses them. */
function parameterReader(ctx: KoaContextWithOIDC): (name: string) => string | undefined {
  const sent: Record<string, unknown> =
    (ctx.method === 'POST' ? ctx.oidc.body : { ...ctx.query }) ?? {};
  return (name) => {
    const value = ownValue(ctx.oidc.params ?? {}, name) ?? ownValue(sent, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}
