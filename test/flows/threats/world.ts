import assert from 'node:assert/strict';
import { request as sendRequest } from 'node:http';
import { before } from 'node:test';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
  type TestPlatform,
} from '../../support/factories.ts';
import { prepared, withPlatform } from '../../support/fixture.ts';
import {
  type AuthorizeOptions,
  type AuthorizeResult,
  authorizationUrl,
  authorize,
  requestOf,
  signedIn,
} from '../../support/flow.ts';
import type { TestServer } from '../../support/server.ts';
import {
  introspect,
  type ObtainedTokens,
  obtainTokens,
  type TokenAnswer,
} from '../../support/tokens.ts';
import { describe, type Page, UserAgent } from '../../support/user-agent.ts';

/** Parameters of a request; `undefined` omits one. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** A server with the applications and the browser that the threat cases need. */
export interface World extends TestPlatform {
  readonly server: TestServer;
  /** Confidential, owned by Ben; an operator has reviewed it. */
  readonly reviewed: TestApplication;
  /** Public and never reviewed; receives on loopback. */
  readonly native: TestApplication;
  /** A browser in which Ada is signed in. */
  readonly agent: UserAgent;
  /** Opens a valid authorization request of `reviewed`, with changed `parameters`. */
  open(parameters?: Parameters, agent?: UserAgent): Promise<Page>;
  /** Completes the authorization request with Ada. */
  allow(options?: Partial<AuthorizeOptions>): Promise<AuthorizeResult>;
  /** Completes the authorization request with Ada and redeems the code. */
  tokens(options?: Partial<AuthorizeOptions>): Promise<ObtainedTokens>;
  isActive(accessToken: string): Promise<boolean>;
}

/** Starts a server with two users, three applications and a resource server, for the tests of a file. */
export function withWorld(): World {
  const { server, platform } = withPlatform();
  const native = prepared(() =>
    registerApplication(server, {
      owner: 'ben',
      name: 'Pocket Scanner',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    }),
  );
  before(() => reviewApplication(server, platform.application.clientId));
  const agent = prepared(() => signedIn(server, platform.ada));
  const consent = (options: Partial<AuthorizeOptions>): AuthorizeOptions => ({
    application: platform.application,
    user: platform.ada,
    agent,
    ...options,
    parameters: { approval_prompt: 'force', ...options.parameters },
  });
  return {
    ...platform,
    server,
    reviewed: platform.application,
    native,
    agent,
    open: (parameters = {}, browser = new UserAgent(server)) =>
      browser.get(requestUrl(server, platform.application, parameters)),
    allow: (options = {}) => authorize(server, consent(options)),
    tokens: (options = {}) => obtainTokens(server, consent(options)),
    isActive: async (token) =>
      (await introspect(server, platform.resourceServer, token)).body.active === true,
  };
}

/** Returns the URL of a valid authorization request of `application`, with changed `parameters`. */
export function requestUrl(
  server: TestServer,
  application: TestApplication,
  parameters: Parameters = {},
): URL {
  const all: Parameters = {
    ...requestOf(application, { state: 'abc' }),
    ...parameters,
  };
  const sent = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return authorizationUrl(server, Object.fromEntries(sent));
}

/** Asserts that a page of this server is shown, without redirect to another site. */
export function assertStays(page: Page, status?: number): void {
  assert.equal(page.leavesTo, undefined, `leaves to ${page.leavesTo}`);
  if (status === undefined) {
    assert.ok(page.status >= 400 && page.status < 500, describe(page));
  } else {
    assert.equal(page.status, status, describe(page));
  }
}

/** Asserts that the browser is redirected to the application with this error. */
export function assertGoesBack(page: Page, error: string): void {
  assert.ok(page.leavesTo, describe(page));
  // The error of an implicit request is in the fragment.
  const answer = new URLSearchParams(page.leavesTo.search || page.leavesTo.hash.slice(1));
  assert.equal(answer.get('error'), error);
  assert.equal(answer.get('code'), null);
  assert.equal(answer.get('access_token'), null);
}

/** Asserts that a token endpoint refused with this error code of RFC 6749 §5.2. */
export function assertRefused(answer: TokenAnswer, error: string, status = 400): void {
  assert.deepEqual([answer.status, answer.body.error], [status, error]);
  assert.equal(answer.body.access_token, undefined);
}

/** Sends a request with headers that `fetch` does not allow, such as `Host`. */
export function sendWithHeaders(
  server: TestServer,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly location: string; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    location: string;
    body: string;
  }>();
  const { hostname, port } = new URL(server.issuer);
  sendRequest({ hostname, port, path, headers }, (response) => {
    let body = '';
    response.on('data', (data) => {
      body += data;
    });
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        location: response.headers.location ?? '',
        body,
      }),
    );
  })
    .on('error', reject)
    .end();
  return promise;
}
