import {
  type AuthorizationServer,
  allowInsecureRequests,
  ClientSecretBasic,
  discoveryRequest,
  introspectionRequest,
  processDiscoveryResponse,
  processIntrospectionResponse,
} from 'oauth4webapi';
import { type Reading, readAnswer } from './access.ts';

/** Whom to ask about tokens, and as whom. */
export interface IntrospectionOptions {
  /** The authorization server: https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds for everything that one verification has to ask for. */
  readonly timeout: number;
  /** Spares the look-up in the server's metadata. */
  readonly introspectionEndpoint?: string | undefined;
}

/** Asks about a token. Rejects when there was no usable answer. */
export type Introspect = (token: string) => Promise<Reading>;

/**
 * Prepares to ask. Nothing is sent before the first token comes, so that an API starts while the
 * authorization server is away.
 * @throws TypeError when the credentials would travel unencrypted
 * @see RFC 7662 §2
 */
export function createIntrospection(options: IntrospectionOptions): Introspect {
  const { issuer, clientId, clientSecret, timeout } = options;
  assertConfidential(new URL(issuer));
  const client = { client_id: clientId };
  const authentication = ClientSecretBasic(clientSecret);
  const findServer = serverFinder(options);
  return async (token) => {
    const signal = AbortSignal.timeout(timeout);
    const server = await findServer();
    const response = await introspectionRequest(server, client, authentication, token, {
      signal,
      [allowInsecureRequests]: true,
    });
    try {
      const json = await processIntrospectionResponse(server, client, response);
      return readAnswer(server.issuer, json);
    } finally {
      // The connection of a refused answer is not to wait for the garbage collector.
      await response.body?.cancel().catch(() => undefined);
    }
  };
}

/** Finds the endpoint once; after a failure the next call tries again. Callers share one attempt. */
function serverFinder(options: IntrospectionOptions): () => Promise<AuthorizationServer> {
  if (options.introspectionEndpoint !== undefined) {
    const server = {
      issuer: options.issuer,
      introspection_endpoint: options.introspectionEndpoint,
    };
    assertConfidential(new URL(options.introspectionEndpoint));
    return () => Promise.resolve(server);
  }
  let found: Promise<AuthorizationServer> | undefined;
  return () => {
    found ??= discover(options).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** @see RFC 8414 §3 */
async function discover(options: IntrospectionOptions): Promise<AuthorizationServer> {
  const issuer = new URL(options.issuer);
  const response = await discoveryRequest(issuer, {
    algorithm: 'oauth2',
    signal: AbortSignal.timeout(options.timeout),
    [allowInsecureRequests]: true,
  });
  const server = await processDiscoveryResponse(issuer, response);
  if (server.introspection_endpoint === undefined) {
    throw new Error('The metadata of the authorization server names no introspection endpoint.');
  }
  assertConfidential(new URL(server.introspection_endpoint));
  return server;
}

/** Every URL passes here before it is asked, so the library's own check for https is off. */
function assertConfidential(url: URL): void {
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new TypeError(`${url.origin} must use https: the client secret is sent there.`);
  }
}
