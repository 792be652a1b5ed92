import { z } from 'zod';
import type { ClientCredentials } from './registration.ts';

/** URL and token of the management API. */
export interface ManagementClient {
  readonly issuer: string;
  readonly operatorToken: string;
}

/** The server that the demo shows does not answer at its public URL. */
export class ServerUnreachableError extends Error {
  constructor(issuer: string, cause: unknown) {
    const { cause: reason = cause } = cause instanceof Error ? cause : {};
    const why = reason instanceof Error && reason.message !== '' ? reason.message : 'no answer';
    super(
      `The demo can't start, because ISSUER (${issuer}) does not lead to this server: ${why}. Set ISSUER to a URL that does, or DEMO=0.`,
      { cause },
    );
    this.name = 'ServerUnreachableError';
  }
}

/** Milliseconds. */
const TIMEOUT = 15_000;

/**
 * Calls the management API as a platform would; undefined where the answer is 404.
 * @throws Error with what the server said, for every other answer that is no success
 */
export async function manage(
  client: ManagementClient,
  method: 'GET' | 'PUT' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(new URL(`/api/v1${path}`, client.issuer), {
    method,
    headers: {
      authorization: `Token ${client.operatorToken}`,
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
  }).catch((cause: unknown) => {
    throw new ServerUnreachableError(client.issuer, cause);
  });
  const text = await response.text();
  if (response.status === 404) {
    return undefined;
  }
  if (!response.ok) {
    throw new Error(`The demo could not be set up: ${method} ${path}: ${response.status} ${text}`);
  }
  return text === '' ? {} : JSON.parse(text);
}

const credentials = z.object({ client_id: z.string(), client_secret: z.string() });

/** Reads what a registration answers with. */
export function readCredentials(body: unknown): ClientCredentials {
  const { client_id, client_secret } = credentials.parse(body);
  return { clientId: client_id, clientSecret: client_secret };
}
