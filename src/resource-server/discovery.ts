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

/** Reads the metadata once; after a failure the next call tries again. Callers share one attempt. */
export function createDiscovery(issuer: URL): FindServer {
  let found: Promise<KnownServer> | undefined;
  return (signal) => {
    found ??= retryOnce(() => discover(issuer, signal)).catch((error: unknown) => {
      found = undefined;
      throw explainDiscovery(error, issuer);
    });
    return found;
  };
}

/** @see RFC 8414 §3 */
async function discover(issuer: URL, signal: AbortSignal): Promise<KnownServer> {
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
  const { introspection_endpoint } = server;
  if (introspection_endpoint === undefined) {
    throw new Error('it names no introspection_endpoint');
  }
  assertConfidential(new URL(introspection_endpoint));
  return { ...server, introspection_endpoint };
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
