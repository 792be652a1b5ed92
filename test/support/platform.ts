import { z } from 'zod';
import { send } from './send.ts';

/** The part of a server that helpers need; `TestServer` and `ServerProcess` have it. */
export interface Issuer {
  readonly issuer: string;
}

/** A server with its operator token, for the management API. */
export interface ManagedServer extends Issuer {
  readonly operatorToken: string;
}

/** A response of the JSON API. `body` is undefined if it was empty. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Calls the management API as the platform does; returns every response, including errors. */
export async function callManagement(
  server: ManagedServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const response = await send(new URL(path, server.issuer), {
    method,
    headers: {
      authorization: `Token ${server.operatorToken}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: response.text === '' ? undefined : parse(response.text),
  };
}

/** Calls the management API like `callManagement`; throws if the call fails. */
export async function manage(
  server: ManagedServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await callManagement(server, method, path, body);
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** Credentials of a resource server or application; public applications have no secret. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

const credentials = z.looseObject({
  client_id: z.string(),
  client_secret: z.string().nullish(),
});

/** Reads the credentials from the only response that contains them. */
export function credentialsOf(body: unknown): ClientCredentials {
  const { client_id, client_secret } = credentials.parse(body);
  return { clientId: client_id, clientSecret: client_secret ?? undefined };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
