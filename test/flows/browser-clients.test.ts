import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { crossOrigin } from '@stagedoor/resource-server';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, decide, requestOf, signIn } from '../support/flow.ts';
import { basic, obtainTokens } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const SPA = 'https://spa.example';
const EXPOSED = ['WWW-Authenticate', 'DPoP-Nonce', 'Retry-After'];
const FORM = 'application/x-www-form-urlencoded';
type Init = Omit<RequestInit, 'headers'> & { readonly headers: Record<string, string> };
const OAUTH = '/api/v1/oauth';

/** Public applications by redirect URI, and the origins whose scripts can read responses. */
const ORIGINS: readonly [redirectUri: string, origin: string, allowed: boolean][] = [
  [`${SPA}/callback`, SPA, true],
  [`${SPA}/callback`, 'https://other.example', false],
  [`${SPA}/callback`, 'http://spa.example', false],
  [`${SPA}/callback`, 'https://spa.example:8443', false],
  [`${SPA}/callback`, 'http://localhost:5173', false],
  [`${SPA}/callback`, 'capacitor://localhost', false],
  ['http://localhost/callback', 'http://localhost:5173', true],
  ['http://localhost/callback', 'http://127.0.0.1:6274', true],
  ['http://localhost:8080/callback', 'http://[::1]:5173', true],
  ['http://127.0.0.1/callback', 'https://localhost:5173', true],
  ['http://127.0.0.1/callback', 'http://localhost.evil.example', false],
  ['http://127.0.0.1/callback', 'http://127.0.0.1.evil.example', false],
  ['http://127.0.0.1/callback', 'https://other.example', false],
  ['com.example.app:/callback', 'capacitor://localhost', true],
  ['com.example.app:/callback', 'ionic://localhost', true],
  ['com.example.app:/callback', 'tauri://localhost', true],
  ['com.example.app:/callback', 'http://localhost', true],
  ['com.example.app:/callback', 'https://localhost', true],
  ['com.example.app:/callback', 'capacitor://evil.example', false],
  ['com.example.app:/callback', 'null', false],
];

describe('Applications in a browser', () => {
  const { server, platform } = withPlatform();
  let spa: TestApplication;
  const applications = new Map<string, TestApplication>();

  before(async () => {
    for (const [redirectUri] of ORIGINS) {
      if (!applications.has(redirectUri)) {
        const options = {
          owner: 'ben',
          clientType: 'public',
          redirectUris: [redirectUri],
        } as const;
        applications.set(redirectUri, await registerApplication(server, options));
      }
    }
    spa = ofUri(`${SPA}/callback`);
  });

  function ofUri(redirectUri: string): TestApplication {
    const application = applications.get(redirectUri);
    assert.ok(application);
    return application;
  }

  const call = (path: string, init: Init) => fetch(new URL(path, server.issuer), init);

  /**
   * Tests if a script of the origin can read the response, and asserts that cookies are not used.
   */
  function isReadable({ headers }: Response, origin: string): boolean {
    assert.equal(headers.get('access-control-allow-credentials'), null);
    const allowed = headers.get('access-control-allow-origin');
    assert.ok([null, '*', origin].includes(allowed) && allowed !== 'null', String(allowed));
    return allowed !== null;
  }

  const exposes = ({ headers }: Response) =>
    (headers.get('access-control-expose-headers') ?? '').split(', ');

  describe('preflights', () => {
    const cases: [path: string, method: string][] = [
      ['/api/v1/me', 'GET'],
      ['/api/v1/organizers/', 'GET'],
      [`${OAUTH}/token`, 'POST'],
      [`${OAUTH}/revoke_token`, 'POST'],
      [`${OAUTH}/par`, 'POST'],
      [`${OAUTH}/jwks`, 'GET'],
      ['/.well-known/oauth-authorization-server', 'GET'],
    ];
    for (const [path, method] of cases) {
      it(`${method} ${path} is allowed with its headers`, async () => {
        const response = await call(path, {
          method: 'OPTIONS',
          headers: {
            origin: SPA,
            'access-control-request-method': method,
            'access-control-request-headers': 'authorization, dpop, content-type',
          },
        });
        assert.equal(response.status, 204);
        assert.equal(await response.text(), '');
        assert.ok(isReadable(response, SPA));
        const { headers } = response;
        assert.ok(headers.get('access-control-allow-methods')?.includes(method));
        assert.equal(
          headers.get('access-control-allow-headers'),
          'authorization, dpop, content-type',
        );
        assert.equal(headers.get('access-control-max-age'), '3600');
      });
    }

    for (const path of [`${OAUTH}/authorize`, `${OAUTH}/introspect`, '/login', '/api/v1/users/']) {
      it(`${path} allows no other origin`, async () => {
        for (const method of ['OPTIONS', 'GET', 'POST']) {
          const response = await call(path, {
            method,
            headers: { origin: SPA, 'access-control-request-method': 'POST' },
            redirect: 'manual',
          });
          assert.equal(response.headers.get('access-control-allow-origin'), null, method);
        }
      });
    }
  });

  for (const path of ['/api/v1/me', '/api/v1/organizers/']) {
    it(`${path} is readable with a token`, async () => {
      const { accessToken } = await obtainTokens(server, {
        application: spa,
        user: platform.ada,
        scope: 'read profile',
      });
      const response = await call(path, {
        headers: { origin: SPA, authorization: `Bearer ${accessToken}` },
      });
      assert.equal(response.status, 200);
      assert.ok(isReadable(response, SPA));
      assert.deepEqual(exposes(response), EXPOSED);
    });

    const refused: [name: string, status: number, init: Init][] = [
      ['without a token', 401, { headers: {} }],
      ['with a wrong token', 401, { headers: { authorization: 'Bearer x' } }],
      ['with another method', 405, { method: 'DELETE', headers: {} }],
    ];
    for (const [name, status, { headers, ...init }] of refused) {
      it(`${path} ${name}: the ${status} is readable`, async () => {
        const response = await call(path, { ...init, headers: { origin: SPA, ...headers } });
        assert.equal(response.status, status);
        assert.ok(isReadable(response, SPA));
        assert.deepEqual(exposes(response), EXPOSED);
      });
    }
  }

  it('a token without the scope gets a readable 403', async () => {
    const options = { application: spa, user: platform.ada, scope: 'read' };
    const { accessToken } = await obtainTokens(server, options);
    const response = await call('/api/v1/me', {
      headers: { origin: SPA, authorization: `Bearer ${accessToken}` },
    });
    assert.equal(response.status, 403);
    assert.ok(isReadable(response, SPA));
  });

  for (const endpoint of ['token', 'revoke_token', 'par']) {
    const errors: [name: string, statuses: number[], init: Init][] = [
      ['no client', [401], { body: '', headers: { 'content-type': FORM } }],
      ['an unknown client', [401], { body: 'client_id=x', headers: { 'content-type': FORM } }],
      [
        'a long body',
        [413],
        { body: `x=${'x'.repeat(300_000)}`, headers: { 'content-type': FORM } },
      ],
      [
        'a compressed body',
        [415],
        { body: 'x', headers: { 'content-type': FORM, 'content-encoding': 'gzip' } },
      ],
      ['another type', [400, 401], { body: '{}', headers: { 'content-type': 'application/json' } }],
      ['another method', [405], { method: 'PUT', headers: {} }],
    ];
    for (const [name, statuses, { headers, ...init }] of errors) {
      it(`${endpoint} with ${name}: the ${statuses} is readable`, async () => {
        const response = await call(`${OAUTH}/${endpoint}`, {
          method: 'POST',
          ...init,
          headers: { origin: SPA, ...headers },
        });
        assert.ok(statuses.includes(response.status), String(response.status));
        assert.ok(isReadable(response, SPA));
        assert.deepEqual(exposes(response), EXPOSED);
      });
    }
  }

  it('a server error: the 500 is readable', async () => {
    const { db } = server.database;
    await db.schema.alterTable('applications').renameTo('gone').execute();
    try {
      const response = await call(`${OAUTH}/token`, {
        method: 'POST',
        headers: { origin: SPA, 'content-type': FORM },
        body: `client_id=${spa.clientId}&grant_type=authorization_code&code=x`,
      });
      assert.equal(response.status, 500);
      assert.ok(isReadable(response, SPA));
    } finally {
      await db.schema.alterTable('gone').renameTo('applications').execute();
    }
  });

  for (const [redirectUri, origin, allowed] of ORIGINS) {
    it(`${origin} ${allowed ? 'can' : 'can’t'} read the tokens of ${redirectUri}`, async () => {
      const application = ofUri(redirectUri);
      const { parameters, codeVerifier = '' } = await authorize(server, {
        application,
        user: platform.ada,
      });
      const post = (endpoint: string, fields: Record<string, string>) =>
        call(`${OAUTH}/${endpoint}`, {
          method: 'POST',
          headers: { origin },
          body: new URLSearchParams({ client_id: application.clientId, ...fields }),
        });
      const redeemed = await post('token', {
        grant_type: 'authorization_code',
        code: parameters.code ?? '',
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      });
      assert.equal(isReadable(redeemed, origin), allowed);
      const isPage = /^https?:/.test(origin);
      assert.equal(redeemed.status, allowed || !isPage ? 200 : 400);
      if (!allowed) {
        return;
      }
      const { access_token, refresh_token } = Object(await redeemed.json());
      const refreshed = await post('token', { grant_type: 'refresh_token', refresh_token });
      assert.equal(refreshed.status, 200);
      assert.ok(isReadable(refreshed, origin));
      const revoked = await post('revoke_token', { token: access_token });
      assert.equal(revoked.status, 200);
      assert.ok(isReadable(revoked, origin));
    });
  }

  it('the Origin header of a confidential application’s backend is ignored', async () => {
    const { application, ada: user } = platform;
    const { parameters, codeVerifier = '' } = await authorize(server, { application, user });
    const response = await call(`${OAUTH}/token`, {
      method: 'POST',
      headers: {
        origin: 'https://backend.example',
        authorization: basic(application.clientId, application.clientSecret ?? ''),
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: parameters.code ?? '',
        redirect_uri: application.redirectUri,
        code_verifier: codeVerifier,
      }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal(isReadable(response, 'https://backend.example'), false);
  });

  it('no page or redirect of the flow disconnects the opener', async () => {
    const agent = new UserAgent(server);
    const url = authorizationUrl(server, requestOf(spa));
    const first = await fetch(url, { redirect: 'manual' });
    assert.equal(first.headers.get('cross-origin-opener-policy'), null, 'the redirect');
    const login = await agent.get(url);
    const consent = await signIn(agent, login, platform.ada);
    const sentBack = await decide(agent, consent);
    assert.ok(sentBack.leavesTo, textOf(sentBack));
    const wrong = await agent.get(`${url}&scope=nonsense&redirect_uri=x`);
    for (const page of [login, consent, sentBack, wrong]) {
      assert.equal(page.headers.get('cross-origin-opener-policy'), null, textOf(page));
    }
    const callback = await agent.get('/login/callback');
    assert.equal(callback.headers.get('cross-origin-opener-policy'), null);
    const account = await agent.get('/account/authorizations');
    assert.equal(account.headers.get('cross-origin-opener-policy'), 'same-origin');
  });
});

describe('crossOrigin of the kit', () => {
  const preflight = { 'access-control-request-method': 'PATCH' };
  it('answers a preflight', () => {
    const headers = { ...preflight, 'access-control-request-headers': 'authorization' };
    for (const given of [headers, new Headers(headers)]) {
      const answer = crossOrigin({ method: 'OPTIONS', headers: given }, 'GET, PATCH');
      assert.equal(answer.isPreflight, true);
      assert.equal(answer.headers['Access-Control-Allow-Origin'], '*');
      assert.equal(answer.headers['Access-Control-Allow-Methods'], 'GET, PATCH');
      assert.equal(answer.headers['Access-Control-Allow-Headers'], 'authorization');
    }
  });

  it('omits invalid header names', () => {
    const headers = { ...preflight, 'access-control-request-headers': 'a\r\nSet-Cookie: b' };
    const answer = crossOrigin({ method: 'OPTIONS', headers });
    assert.equal(answer.headers['Access-Control-Allow-Headers'], undefined);
  });

  it('exposes the headers that an application needs on every other response', () => {
    for (const request of [
      { method: 'GET', headers: {} },
      { method: 'OPTIONS', headers: {} },
      { method: 'POST', headers: preflight },
    ]) {
      const { isPreflight, headers } = crossOrigin(request);
      assert.equal(isPreflight, false);
      assert.deepEqual(headers['Access-Control-Expose-Headers']?.split(', '), EXPOSED);
      assert.equal(headers['Access-Control-Allow-Credentials'], undefined);
    }
  });
});
