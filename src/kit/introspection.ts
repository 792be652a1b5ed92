import { randomBytes } from 'node:crypto';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi';
import { type Reading, readAnswer } from './answer.ts';
import { assertAnswer } from './assert-answer.ts';
import type { RequestHeaders } from './authorization-header.ts';
import type { FindServer, KnownServer } from './discovery.ts';
import { retryOnce } from './retry.ts';
import { readSignedAnswer, SIGNED_ANSWER } from './signed-answer.ts';
import type { SendTraced } from './trace.ts';
import { explain } from './unavailable.ts';

/**
 * Asks what a token opens.
 * @param incoming headers of the request that the token came with, for traces
 * @throws UnavailableError when there was no usable answer
 */
export type Introspect = (token: string, incoming: RequestHeaders) => Promise<Reading>;

/** Whom to ask, as whom, and for how long. */
export interface IntrospectionSettings {
  readonly findServer: FindServer;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signedIntrospection: boolean;
  readonly sendTraced: SendTraced;
  /** Milliseconds for everything that one verification has to ask for. */
  readonly timeout: number;
}

const UNKNOWN_HERE =
  "it does not know this service's clientId, or clientSecret is wrong. Check both; an operator registers API services with POST /api/v1/resource-servers/.";
const NO_ENDPOINT = 'that is no introspection endpoint. Check issuer.';

/**
 * Prepares introspection. Sends nothing before the first token, so that an API starts while the
 * authorization server is unreachable.
 * @see RFC 7662 §2
 */
export function createIntrospection(settings: IntrospectionSettings): Introspect {
  return async (token, incoming) => {
    const signal = AbortSignal.timeout(settings.timeout);
    const server = await settings.findServer(signal);
    const { introspection_endpoint } = server;
    return retryOnce(() => ask(settings, server, { token, incoming }, signal)).catch(
      (error: unknown) => {
        throw explain(error, introspection_endpoint);
      },
    );
  };
}

async function ask(
  settings: IntrospectionSettings,
  server: KnownServer,
  { token, incoming }: { readonly token: string; readonly incoming: RequestHeaders },
  signal: AbortSignal,
): Promise<Reading> {
  const { signedIntrospection, sendTraced } = settings;
  const client = { client_id: settings.clientId };
  const authentication = ClientSecretBasic(settings.clientSecret);
  // In the signed answer again, which therefore belongs to this request and to no earlier one.
  const nonce = signedIntrospection ? randomBytes(16).toString('base64url') : undefined;
  const options = {
    requestJwtResponse: signedIntrospection,
    ...(nonce === undefined ? {} : { additionalParameters: { nonce } }),
    signal,
    [allowInsecureRequests]: true,
  };
  const response = await sendTraced(incoming, server.introspection_endpoint, (headers) =>
    introspectionRequest(server, client, authentication, token, { ...options, headers }),
  );
  await assertAnswer(response, {
    url: server.introspection_endpoint,
    type: signedIntrospection ? SIGNED_ANSWER : 'application/json',
    advice: response.status === 401 ? UNKNOWN_HERE : NO_ENDPOINT,
  });
  try {
    const json =
      nonce !== undefined
        ? await readSignedAnswer(server, client, { token, nonce }, response, signal)
        : await processIntrospectionResponse(server, client, response);
    return readAnswer(server.issuer, json);
  } finally {
    // The connection of a refused answer is not to wait for the garbage collector.
    await response.body?.cancel().catch(() => undefined);
  }
}
