import { z } from 'zod';

/** What the helpers need of a server; a `TestServer` and a `ServerProcess` both are one. */
export interface Issuer {
  readonly issuer: string;
}

/** A server with its operator token, for the management API. */
export interface ManagedServer extends Issuer {
  readonly operatorToken: string;
}

/** An answer of the JSON API. `body` is undefined where there was none. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Calls the management API as the platform does; returns every answer, errors too. */
export async function callManagement(
  server: ManagedServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const response = await fetch(new URL(path, server.issuer), {
    method,
    headers: {
      authorization: `Token ${server.operatorToken}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : parse(text),
  };
}

/** As `callManagement`, for calls that have to succeed. */
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

/** A resource server's or an application's credentials; public applications have no secret. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

const credentials = z.looseObject({
  client_id: z.string(),
  client_secret: z.string().nullish(),
});

/** Reads the credentials out of the answer that shows them, once. */
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
