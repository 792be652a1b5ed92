import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { CHEAP_PASSWORDS } from '../support/passwords.ts';
import { sendHead } from '../support/raw-request.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  basic,
  exchange,
  introspect,
  obtainTokens,
  postForm,
  refresh,
  revoke,
} from '../support/tokens.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const requestLine = z.looseObject({
  msg: z.string(),
  level: z.number(),
  method: z.string().optional(),
  route: z.string().optional(),
  status: z.number().optional(),
  duration_ms: z.number().optional(),
  client_id: z.string().optional(),
  actor: z.string().optional(),
  request_id: z.string().optional(),
  traceparent: z.string().optional(),
});

/** Starts a server that logs each request, and returns its lines. */
async function startLogged(variables: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const server = await startServer(
    { LOG_LEVEL: 'info', ...variables },
    { passwordCost: CHEAP_PASSWORDS, logTo: { write: (line) => void lines.push(line) } },
  );
  const entries = () => lines.map((line) => requestLine.parse(JSON.parse(line)));
  const entryOf = (response: { readonly headers: Headers }) => {
    const id = response.headers.get('x-request-id');
    const [entry, ...others] = entries().filter(({ request_id }) => request_id === id);
    assert.ok(entry !== undefined, `a line with ${id}`);
    assert.deepEqual(others, []);
    return entry;
  };
  return { server, lines, entries, entryOf };
}

describe('Request log', () => {
  let logged: Awaited<ReturnType<typeof startLogged>>;
  let server: TestServer;
  let platform: TestPlatform;

  before(async () => {
    logged = await startLogged();
    ({ server } = logged);
    platform = await createPlatform(server);
  });
  after(() => server.close());

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${server.issuer}${path}`, { redirect: 'manual', headers });

  it('has one line per request, with pattern, status, duration and ID', async () => {
    const routes = {
      '/login?return_to=/account/profile': '/login',
      '/interaction/abcdef': '/interaction/:uid',
      '/api/v1/oauth/authorize?client_id=x': '/api/v1/oauth/authorize',
      '/api/v1/oauth/authorize/abcdef': '/api/v1/oauth/authorize/:uid',
      '/api/v1/oauth/introspect': '/api/v1/oauth/introspect',
      '/api/v1/oauth/jwks': '/api/v1/oauth/jwks',
      '/.well-known/oauth-authorization-server': '/.well-known/oauth-authorization-server',
      '/assets/style.css': '/assets/:file',
      '/wp-login.php': 'other',
      '/api/v1/none': 'other',
    };
    for (const [path, route] of Object.entries(routes)) {
      const response = await get(path);
      const entry = logged.entryOf(response);
      assert.deepEqual([entry.msg, entry.method, entry.route], ['Request', 'GET', route], path);
      assert.equal(entry.status, response.status, path);
      assert.ok((entry.duration_ms ?? -1) >= 0 && (entry.duration_ms ?? 9e9) < 60_000);
      assert.equal(entry.client_id, undefined);
      assert.match(entry.request_id ?? '', UUID);
    }
  });

  it('has health checks that succeed at level debug only', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const response = await get(path);
      assert.equal(response.status, 200);
      const id = response.headers.get('x-request-id');
      assert.ok(
        logged.entries().every(({ request_id }) => request_id !== id),
        path,
      );
    }
  });

  it('names the client of authenticated requests only', async () => {
    const { application, resourceServer } = platform;
    const tokens = await obtainTokens(server, { application, user: platform.ada });
    const refreshed = await refresh(server, application, tokens.refreshToken);
    const again = await exchange(server, application, tokens.authorization);
    const responses = [
      [await introspect(server, resourceServer, tokens.accessToken), resourceServer.clientId],
      [refreshed, application.clientId],
      [again, application.clientId],
      [await introspect(server, { ...resourceServer, clientSecret: 'x' }, 'x'), undefined],
      [await refresh(server, { ...application, clientSecret: 'x' }, 'x'), application.clientId],
      [await refresh(server, { clientId: 'sds_secret', clientSecret: 'x' }, 'x'), undefined],
    ] as const;
    for (const [response, clientId] of responses) {
      assert.equal(logged.entryOf(response).client_id, clientId, String(response.status));
    }
  });

  it('names the operator of a call of the management API', async () => {
    const response = await get('/api/v1/users/ada/', {
      authorization: `Token ${server.operatorToken}`,
    });
    const { actor, route, status } = logged.entryOf(response);
    assert.equal(route, '/api/v1/users/:id');
    assert.equal(status, 200);
    assert.match(actor ?? '', /operator/);
  });

  it('has the position in a trace if it is well-formed', async () => {
    const traced = await get('/login', { traceparent: TRACE });
    assert.equal(logged.entryOf(traced).traceparent, TRACE);
    const other = await get('/login', { traceparent: `${TRACE} sda_secret` });
    assert.equal(logged.entryOf(other).traceparent, undefined);
  });

  it('contains no secret, wherever a caller puts one', async () => {
    const { application, resourceServer, ada } = platform;
    const tokens = await obtainTokens(server, { application, user: ada });
    const first = await refresh(server, application, tokens.refreshToken);
    const cookies = tokens.authorization.agent.cookies.header(new URL(server.issuer)) ?? '';
    const secrets = [
      tokens.accessToken,
      tokens.refreshToken,
      first.body.access_token ?? '',
      first.body.refresh_token ?? '',
      tokens.authorization.parameters.code ?? '',
      tokens.authorization.codeVerifier ?? '',
      application.clientSecret,
      resourceServer.clientSecret,
      server.operatorToken,
      ada.password,
      ...cookies.split('; ').map((cookie) => cookie.slice(cookie.indexOf('=') + 1)),
    ].filter((secret): secret is string => (secret?.length ?? 0) > 5);
    assert.ok(secrets.length >= 12, String(secrets.length));
    const paths = [
      '/login',
      '/',
      '/interaction/x',
      '/account/authorizations',
      '/api/v1/me',
      '/healthz',
      '/api/v1/users/',
      '/api/v1/oauth/authorize',
      '/api/v1/oauth/token',
      '/api/v1/oauth/par',
      '/api/v1/oauth/introspect',
      '/api/v1/oauth/revoke_token',
      '/api/v1/oauth/changes',
      '/api/v1/oauth/register',
      '/api/v1/oauth/leaked',
    ];
    for (const secret of secrets) {
      const value = encodeURIComponent(secret);
      const headers = {
        cookie: `x=${value}`,
        'x-request-id': value.slice(0, 64),
        traceparent: value,
        'user-agent': value,
        referer: `http://x/${value}`,
      };
      const names = ['client_id', 'client_secret', 'grant_type', 'code', 'refresh_token', 'token'];
      const form = Object.fromEntries([...names, 'email'].map((name) => [name, secret]));
      const client = { clientId: secret, clientSecret: secret };
      for (const path of paths) {
        const query = new URLSearchParams(form);
        await postForm(server, `${path}?${query}`, client, form, headers).catch(() => undefined);
        await (await get(`${path}/${value}`, { authorization: `Token ${value}` })).text();
        await (await get(path, { authorization: `Bearer ${value}` })).text();
      }
    }
    await revoke(server, application, first.body.refresh_token ?? '');
    await get('/account/authorizations', { cookie: cookies });
    const text = logged.lines.join('');
    for (const secret of secrets) {
      assert.ok(!text.includes(secret) && !text.includes(encodeURIComponent(secret)), secret);
    }
    const authorization = basic(application.clientId, application.clientSecret ?? '');
    assert.ok(!text.includes(authorization.slice(6)));
  });

  it('is off from LOG_LEVEL=warn on', async () => {
    const quiet = await startLogged({ LOG_LEVEL: 'warn' });
    await fetch(`${quiet.server.issuer}/login`);
    await quiet.server.close();
    assert.deepEqual(quiet.lines, []);
  });
});

describe('Request ID', () => {
  let logged: Awaited<ReturnType<typeof startLogged>>;
  let trusting: Awaited<ReturnType<typeof startLogged>>;

  before(async () => {
    logged = await startLogged();
    trusting = await startLogged({ TRUST_PROXY: '1' });
  });
  after(async () => {
    await logged.server.close();
    await trusting.server.close();
  });

  const ask = ({ server }: typeof logged, path: string, headers = {}) =>
    fetch(`${server.issuer}${path}`, { headers });

  it('is on error pages and in the header of JSON errors', async () => {
    const page = await ask(logged, '/none', { accept: 'text/html' });
    const id = page.headers.get('x-request-id') ?? '';
    assert.match(id, UUID);
    assert.ok((await page.text()).includes(id));
    const json = await ask(logged, '/api/v1/none');
    assert.match(json.headers.get('x-request-id') ?? '', UUID);
    const unknown = await ask(logged, '/api/v1/oauth/authorize?client_id=none');
    assert.ok((await unknown.text()).includes(unknown.headers.get('x-request-id') ?? 'none'));
  });

  it('is in responses that no middleware sees', async () => {
    for (const request of [
      'GET http://other.example/ HTTP/1.1',
      `GET /${'x'.repeat(90_000)}`,
      'GET x',
    ]) {
      const sent = sendHead(logged.server, request.replace(' HTTP/1.1', ''), {});
      assert.match(
        await sent.answers(/\r\n\r\n/),
        /^HTTP\/1\.1 4\d\d .*\r\nX-Request-ID: [\w-]{36}\r\n/is,
      );
      sent.socket.destroy();
    }
  });

  it('is the one of a trusted proxy, if it is well-formed', async () => {
    const given = 'edge-1.7f3a_9';
    const untrusted = await ask(logged, '/login', { 'x-request-id': given });
    assert.match(untrusted.headers.get('x-request-id') ?? '', UUID);
    const trusted = await ask(trusting, '/login', { 'x-request-id': given });
    assert.equal(trusted.headers.get('x-request-id'), given);
    assert.equal(trusting.entryOf(trusted).request_id, given);
    for (const bad of ['', 'a b', 'x'.repeat(65), 'ä', 'a"b', `sda_${'1'.repeat(49)}`]) {
      const response = await ask(trusting, '/login', { 'x-request-id': bad });
      assert.match(response.headers.get('x-request-id') ?? '', UUID, bad);
    }
  });
});
