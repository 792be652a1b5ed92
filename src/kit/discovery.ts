import {
  type AuthorizationServer,
  allowInsecureRequests,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi';
import { assertAnswer } from './assert-answer.ts';
import { assertConfidential } from './confidential.ts';
import { retryOnce } from './retry.ts';
import { explain, UnavailableError } from './unavailable.ts';

/** Finds out where the authorization server introspects. */
export type FindServer = (signal: AbortSignal) => Promise<KnownServer>;

/** A server of which the introspection endpoint is known, and safe to send the secret to. */
export interface KnownServer extends AuthorizationServer {
  readonly introspection_endpoint: string;
}

/** Facts about a server that are known before discovery. */
export interface DiscoverySettings {
  readonly issuer: URL;
  readonly introspectionEndpoint: URL | undefined;
  /** Its signing keys are required as well. */
  readonly signedIntrospection: boolean;
}

/**
 * Reads the metadata once, if at all; after a failure the next call tries again. Callers share one
 * attempt.
 */
export function createDiscovery(settings: DiscoverySettings): FindServer {
  const { issuer, introspectionEndpoint, signedIntrospection } = settings;
  if (introspectionEndpoint !== undefined && !signedIntrospection) {
    const server = { issuer: issuer.href, introspection_endpoint: introspectionEndpoint.href };
    return () => Promise.resolve(server);
  }
  let found: Promise<KnownServer> | undefined;
  return (signal) => {
    found ??= retryOnce(() => discover(settings, signal)).catch((error: unknown) => {
      found = undefined;
      throw explainDiscovery(error, issuer);
    });
    return found;
  };
}

/** @see RFC 8414 §3 */
async function discover(settings: DiscoverySettings, signal: AbortSignal): Promise<KnownServer> {
  const { issuer } = settings;
  const response = await discoveryRequest(issuer, {
    algorithm: 'oauth2',
    signal,
    [allowInsecureRequests]: true,
  });
  await assertAnswer(response, {
    url: metadataOf(issuer),
    type: 'application/json',
    advice: 'that is no authorization server. Check issuer.',
  });
  const server = await processDiscoveryResponse(issuer, response);
  if (settings.signedIntrospection) {
    assertSafe('jwks_uri', server.jwks_uri);
  }
  const introspection_endpoint = assertSafe(
    'introspection_endpoint',
    settings.introspectionEndpoint?.href ?? server.introspection_endpoint,
  );
  return { ...server, introspection_endpoint };
}

function assertSafe(name: string, url: string | undefined): string {
  if (url === undefined) {
    throw new Error(`it names no ${name}`);
  }
  assertConfidential(new URL(url));
  return url;
}

function explainDiscovery(error: unknown, issuer: URL): UnavailableError {
  const explained = explain(error, metadataOf(issuer));
  return explained.code === 'bad_answer' && explained !== error
    ? new UnavailableError('misconfigured', `${explained.message} Check issuer.`, { cause: error })
    : explained;
}

function metadataOf(issuer: URL): string {
  return `${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname.replace(/\/$/, '')}`;
}
