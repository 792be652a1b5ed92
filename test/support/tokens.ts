import assert from 'node:assert/strict';
import { z } from 'zod';
import type { TestApplication } from './factories.ts';
import {
  type AuthorizeOptions,
  type AuthorizeResult,
  authorizationUrl,
  authorize,
} from './flow.ts';
import type { ClientCredentials, Issuer } from './platform.ts';
import { send } from './send.ts';

const body = z.looseObject({
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
  token_type: z.string().optional(),
  expires_in: z.number().optional(),
  scope: z.string().optional(),
  active: z.boolean().optional(),
  organizers: z.array(z.string()).optional(),
  permissions: z.record(z.string(), z.array(z.string())).optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
});

/** A response of one of the token endpoints. An empty body is returned as `{}`. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: z.infer<typeof body>;
}

/** Parameters of a form; a list is sent as a repeated parameter. */
export type FormParameters = Readonly<Record<string, string | readonly string[]>>;

function formOf(parameters: FormParameters): URLSearchParams {
  const fields = Object.entries(parameters).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return new URLSearchParams(fields);
}

/**
 * Posts to an OAuth endpoint: `token`, `revoke_token`, `introspect`, `par`. A client with a secret
 * authenticates by HTTP Basic, a public client by `client_id`; without a client, neither is sent.
 */
export async function postForm(
  server: Issuer,
  endpoint: string,
  client: ClientCredentials | undefined,
  parameters: FormParameters,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal | null = null,
): Promise<TokenAnswer> {
  const secret = client?.clientSecret;
  const {
    status,
    headers: received,
    text,
  } = await send(new URL(`/api/v1/oauth/${endpoint}`, server.issuer), {
    method: 'POST',
    signal,
    headers: {
      accept: 'application/json',
      ...(client === undefined || secret === undefined
        ? {}
        : { authorization: basic(client.clientId, secret) }),
      ...headers,
    },
    body: formOf({
      ...(client !== undefined && secret === undefined ? { client_id: client.clientId } : {}),
      ...parameters,
    }),
  });
  return { status, headers: received, body: readBody(endpoint, status, text) };
}

function readBody(endpoint: string, status: number, text: string): TokenAnswer['body'] {
  try {
    return body.parse(text === '' ? {} : JSON.parse(text));
  } catch (cause) {
    throw new Error(`${endpoint}: ${status} ${text.slice(0, 500)}`, { cause });
  }
}

/** Pushes an authorization request (RFC 9126). Returns the URL that continues it. */
export async function pushRequest(
  server: Issuer,
  application: TestApplication,
  parameters: FormParameters,
): Promise<URL> {
  const { status, body } = await postForm(server, 'par', application, parameters);
  assert.equal(status, 201, JSON.stringify(body));
  const { clientId } = application;
  return authorizationUrl(server, { client_id: clientId, request_uri: String(body.request_uri) });
}

/** Exchanges the code of an authorization (RFC 6749 §4.1.3). */
export function exchange(
  server: Issuer,
  client: ClientCredentials | undefined,
  result: Pick<AuthorizeResult, 'parameters' | 'codeVerifier' | 'redirectUri'>,
  parameters: FormParameters = {},
): Promise<TokenAnswer> {
  return postForm(server, 'token', client, {
    grant_type: 'authorization_code',
    code: result.parameters.code ?? '',
    redirect_uri: result.redirectUri,
    ...(result.codeVerifier === undefined ? {} : { code_verifier: result.codeVerifier }),
    ...parameters,
  });
}

/** Refreshes a token (RFC 6749 §6). */
export function refresh(
  server: Issuer,
  client: ClientCredentials | undefined,
  refreshToken: string,
  parameters: FormParameters = {},
): Promise<TokenAnswer> {
  return postForm(server, 'token', client, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...parameters,
  });
}

/** Revokes a token (RFC 7009). */
export function revoke(
  server: Issuer,
  client: ClientCredentials,
  token: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  return postForm(server, 'revoke_token', client, { token, ...parameters });
}

/** Introspects a token (RFC 7662). */
export function introspect(
  server: Issuer,
  client: ClientCredentials | undefined,
  token: string,
): Promise<TokenAnswer> {
  return postForm(server, 'introspect', client, { token });
}

/** A pair of tokens, and the browser in which the user allowed them. */
export interface ObtainedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: string | undefined;
  readonly authorization: AuthorizeResult;
}

/** Runs the whole flow: sign-in, consent, code, tokens. Throws with the response if it fails. */
export async function obtainTokens(
  server: Issuer,
  options: AuthorizeOptions,
): Promise<ObtainedTokens> {
  const authorization = await authorize(server, options);
  const answer = await exchange(server, options.application, authorization);
  const { access_token, refresh_token, scope } = answer.body;
  if (access_token === undefined || refresh_token === undefined) {
    throw new Error(
      `No tokens: ${JSON.stringify({ ...authorization.parameters, ...answer.body })}`,
    );
  }
  return { accessToken: access_token, refreshToken: refresh_token, scope, authorization };
}

/** Returns the `Authorization` header of RFC 6749 §2.3.1: both parts are form-encoded first. */
export function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}
