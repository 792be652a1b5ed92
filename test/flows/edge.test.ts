import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { putUser, registerApplication } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { sendHead } from '../support/raw-request.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { pattern, says } from '../support/texts.ts';
import { UserAgent } from '../support/user-agent.ts';

const TOKEN = 'a-token-for-the-scraper-of-the-metrics';

/** Returns the local address of a server with a different issuer. */
const portOf = ({ config }: TestServer) => ({ issuer: `http://127.0.0.1:${config.port}` });

async function status(
  server: TestServer,
  request: string,
  headers: Readonly<Record<string, string | number>> = {},
): Promise<{ status: number; answer: string }> {
  const sent = sendHead(portOf(server), request, headers);
  const answer = await sent.answers(/\r\n\r\n/);
  sent.socket.destroy();
  return { status: Number(answer.slice(9, 12)), answer };
}

describe('Server behind an https proxy', () => {
  const server = withServer({ ISSUER: 'https://login.example.com', TRUST_PROXY: '1' });

  test('every response has HSTS and nosniff', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answers: readonly [string, number, Record<string, string | number>?][] = [
      ['GET /', 200],
      ['GET /healthz', 200],
      ['GET /readyz', 200],
      ['GET /metrics', 403, { via: '1.1 proxy' }],
      ['GET /assets/pico.min.css', 200],
      ['GET /assets/nothing.css', 404],
      ['GET /login', 200],
      ['GET /account/profile', 303],
      ['POST /login', 403, { ...form, 'content-length': 0 }],
      ['GET /docs', 200],
      ['GET /nothing', 404],
      ['GET /api/v1/nothing', 404],
      ['GET /api/v1/me', 401],
      ['GET /api/v1/openapi.json', 200],
      ['GET /.well-known/oauth-authorization-server', 200],
      ['GET /api/v1/oauth/jwks', 200],
      ['GET /api/v1/oauth/authorize', 400],
      ['POST /api/v1/oauth/token', 401, { ...form, 'content-length': 0 }],
      ['POST /api/v1/oauth/introspect', 401, { ...form, 'content-length': 0 }],
      ['GET /api/v1/oauth/introspect', 405],
      ['POST /api/v1/oauth/introspect', 413, { ...form, 'content-length': 9_999_999 }],
      ['POST /api/v1/oauth/introspect', 415, { 'content-length': 0 }],
      ['GET http://evil.example/', 400],
      ['GET /\x01', 400],
      ['NO HTTP', 400],
      ['GET /', 417, { expect: 'a miracle' }],
      ['GET /', 431, { 'x-long': 'x'.repeat(100_000) }],
      ['CONNECT evil.example:443', 400],
    ];
    for (const [request, expected, headers] of answers) {
      const told = await status(server, request, headers);
      const what = `${request} ${JSON.stringify(headers)?.slice(0, 80)}`;
      assert.equal(told.status, expected, `${what}: ${told.answer}`);
      assert.match(told.answer, /\r\nX-Content-Type-Options: nosniff\r\n/i, what);
      assert.match(told.answer, /\r\nStrict-Transport-Security: max-age=31536000\r\n/i, what);
    }
  });

  test('metrics are served to local requests without proxy headers only', async () => {
    assert.equal((await status(server, 'GET /metrics')).status, 200);
    for (const name of ['X-Forwarded-For', 'x-forwarded-proto', 'Forwarded', 'Via', 'X-Real-IP']) {
      for (const value of ['127.0.0.1', '203.0.113.9', '']) {
        assert.equal((await status(server, 'GET /metrics', { [name]: value })).status, 403, name);
      }
    }
    assert.equal((await status(server, 'HEAD /metrics', { via: 'x' })).status, 403);
  });
});

test('Metrics with TRUST_PROXY=0 behind a proxy without headers: refused without a token', async () => {
  const server = await startServer({ ISSUER: 'https://login.example.com', TRUST_PROXY: '0' });
  try {
    assert.equal((await status(server, 'GET /metrics')).status, 403);
  } finally {
    await server.close();
  }
});

test('Metrics with METRICS_TOKEN: served to requests with the token, also through a proxy', async () => {
  const server = await startServer({ METRICS_TOKEN: TOKEN });
  try {
    const refused = [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN}x`,
      TOKEN,
    ];
    for (const authorization of refused) {
      const told = await status(server, 'GET /metrics', authorization ? { authorization } : {});
      assert.equal(told.status, 401, authorization);
      assert.match(told.answer, /WWW-Authenticate: Bearer/i);
    }
    const authorization = `Bearer ${TOKEN}`;
    for (const forwarded of [{}, { 'x-forwarded-for': '203.0.113.9' }]) {
      assert.equal(
        (await status(server, 'GET /metrics', { authorization, ...forwarded })).status,
        200,
      );
    }
  } finally {
    await server.close();
  }
});

test('Demo passwords are shown to local requests only', async () => {
  const server = await startServer({ DEMO: '1' });
  try {
    const page = async (headers: Record<string, string> = {}) =>
      (await fetch(server.issuer, { headers })).text();
    const { users = [] } = server.demo ?? {};
    assert.ok(users.length > 0);
    const own = await page();
    const forwarded = await page({ 'x-forwarded-for': '127.0.0.1' });
    for (const { email, password } of users) {
      assert.ok(own.includes(password) && forwarded.includes(email));
      assert.ok(!forwarded.includes(password));
    }
    assert.match(forwarded, says('landing.demo.password_in_terminal'));
  } finally {
    await server.close();
  }
});

test('No endpoint allows a page with the origin null to read a response', async () => {
  const server = await startServer();
  try {
    await putUser(server, { id: 'ben' });
    const { clientId } = await registerApplication(server, {
      owner: 'ben',
      name: 'Door Scanner',
      clientType: 'public',
      redirectUris: ['com.example.scanner:/callback', 'https://app.example.com/callback'],
    });
    const call = (path: string, method: string, origin: string) =>
      fetch(new URL(path, server.issuer), {
        method,
        headers: { origin, 'access-control-request-method': 'POST' },
        ...(method === 'POST'
          ? { body: new URLSearchParams({ client_id: clientId, grant_type: 'refresh_token' }) }
          : {}),
      });
    for (const path of ['token', 'revoke_token', 'par', 'introspect', 'jwks']) {
      for (const method of ['POST', 'OPTIONS']) {
        const { headers } = await call(`/api/v1/oauth/${path}`, method, 'null');
        assert.notEqual(headers.get('access-control-allow-origin'), 'null', `${method} ${path}`);
      }
    }
    const { headers } = await call('/api/v1/oauth/token', 'POST', 'https://app.example.com');
    assert.equal(headers.get('access-control-allow-origin'), 'https://app.example.com');
  } finally {
    await server.close();
  }
});

test('A form that was opened before a sign-in is refused, and the entered values are kept', async () => {
  const server = await startServer();
  try {
    const user = await putUser(server, { id: 'ada' });
    const agent = new UserAgent(server);
    const early = await agent.get('/login');
    await signIn(agent, await agent.get('/login'), user);
    const refused = await agent.submit(early, {
      email: '<b>ada</b>@example.com',
      password: 'very secret',
    });
    assert.equal(refused.status, 403);
    assert.match(
      refused.body,
      pattern`${says('error.entered')}[\s\S]*&lt;b&gt;ada&lt;/b&gt;@example\.com`,
    );
    assert.doesNotMatch(refused.body, /very secret/);
    const again = await agent.get('/account/profile');
    assert.equal(again.status, 200);
    // Values from another site are not shown.
    const foreign = await agent.request('/login', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ email: 'call 0900' }),
    });
    assert.equal(foreign.status, 403);
    assert.doesNotMatch(foreign.body, /0900/);
  } finally {
    await server.close();
  }
});

test('Demo with an ISSUER that does not lead to it: starting fails with one sentence', async () => {
  await assert.rejects(startServer({ DEMO: '1', ISSUER: 'http://localhost:1' }), {
    code: 'configuration_invalid',
    message: /^The demo can't start, because ISSUER \(http:\/\/localhost:1\) does not lead/,
  });
});
