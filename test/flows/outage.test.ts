import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { openDatabase } from '../../src/db/database.ts';
import { createPipeline } from '../../src/db/pipeline.ts';
import { createPool } from '../../src/db/pool.ts';
import type { PreparingClientOptions } from '../../src/db/preparing-client.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { isUnreachable } from '../../src/db/unreachable.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { authorizationUrl, authorize, decide, requestOf, signIn } from '../support/flow.ts';
import { messageOf } from '../support/postgres-message.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { asAdmin } from '../support/template-database.ts';
import {
  basic,
  exchange,
  introspect,
  type ObtainedTokens,
  obtainTokens,
  refresh,
} from '../support/tokens.ts';
import { findForm, type Page, UserAgent } from '../support/user-agent.ts';

describe('While the database is unreachable', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let url: string;
  let server: TestServer;
  let platform: TestPlatform;
  /** Errors that would end a separate server process. */
  const fatal: Error[] = [];
  const note = (error: Error) => fatal.push(error);

  before(async () => {
    process.on('uncaughtExceptionMonitor', note);
    database = await createTestDatabase();
    proxy = await startTcpProxy(Number(new URL(database.url).port));
    const throughProxy = new URL(database.url);
    throughProxy.port = String(proxy.port);
    url = throughProxy.href;
    server = await startServer({ DATABASE_URL: url });
    platform = await createPlatform(server);
  });
  afterEach(async () => {
    await proxy.restore();
    assert.deepEqual(fatal.splice(0), [], 'a separate server process would have ended');
  });
  after(async () => {
    await server.close();
    await proxy.close();
    await database.drop();
    process.off('uncaughtExceptionMonitor', note);
  });

  const tokens = () =>
    obtainTokens(server, {
      application: platform.application,
      user: platform.ada,
      parameters: { prompt: 'consent' },
    });

  const requestUrl = () =>
    authorizationUrl(
      server,
      requestOf(platform.application, { scope: 'profile', prompt: 'consent' }),
    );

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, server.issuer), { headers, redirect: 'manual' });

  const post = (path: string, body: Record<string, string>, client = platform.application) =>
    fetch(new URL(path, server.issuer), {
      method: 'POST',
      headers: { authorization: basic(client.clientId, client.clientSecret ?? '') },
      body: new URLSearchParams(body),
      redirect: 'manual',
    });

  const isReady = async () => (await get('/readyz')).status;

  it('/healthz is 200 and /readyz 503', async () => {
    assert.equal(await isReady(), 200);
    await proxy.cut();
    assert.equal((await get('/healthz')).status, 200);
    assert.equal(await isReady(), 503);
    const metrics = await get('/metrics');
    assert.equal(metrics.status, 200);
    assert.match(await metrics.text(), /^stagedoor_database_up 0$/m);
    assert.equal((await get('/.well-known/oauth-authorization-server')).status, 200);
    await proxy.restore();
    assert.equal(await isReady(), 200);
  });

  it('OAuth endpoints return an error in RFC format, and no token or code is lost', async () => {
    const given = await tokens();
    const code = await authorize(server, {
      application: platform.application,
      user: platform.ada,
      parameters: { prompt: 'consent' },
    });
    await proxy.cut();
    const answers = {
      refresh: await post('/api/v1/oauth/token', {
        grant_type: 'refresh_token',
        refresh_token: given.refreshToken,
      }),
      exchange: await post('/api/v1/oauth/token', {
        grant_type: 'authorization_code',
        code: code.parameters.code ?? '',
        redirect_uri: code.redirectUri,
        code_verifier: code.codeVerifier ?? '',
      }),
      revoke: await post('/api/v1/oauth/revoke_token', { token: given.accessToken }),
      introspect: await post('/api/v1/oauth/introspect', { token: given.accessToken }),
      push: await post('/api/v1/oauth/par', { response_type: 'code' }),
    };
    for (const [name, response] of Object.entries(answers)) {
      assertUnavailable(response, name, 'application/json');
      assert.deepEqual(await response.json(), {
        error: 'temporarily_unavailable',
        error_description: 'The database is not reachable at the moment. Try again shortly.',
      });
    }
    await proxy.restore();
    const { body } = await introspect(server, platform.resourceServer, given.accessToken);
    assert.equal(body.active, true, 'the token was not revoked');
    assert.equal((await refresh(server, platform.application, given.refreshToken)).status, 200);
    assert.equal((await exchange(server, platform.application, code)).status, 200);
  });

  it('the JSON API returns 503 in its own format', async () => {
    const { accessToken } = await tokens();
    const operator = { authorization: `Token ${server.operatorToken}` };
    await proxy.cut();
    const answers = {
      me: await get('/api/v1/me', { authorization: `Bearer ${accessToken}` }),
      organizers: await get('/api/v1/organizers/', { authorization: `Bearer ${accessToken}` }),
      users: await get('/api/v1/users/', operator),
      'an unknown user': await get('/api/v1/users/nobody/', operator),
      applications: await get('/api/v1/applications/', operator),
      'a write': await fetch(new URL('/api/v1/directory/organizers/new/', server.issuer), {
        method: 'PUT',
        headers: { ...operator, 'content-type': 'application/json' },
        body: '{"name":"New"}',
      }),
    };
    for (const [name, response] of Object.entries(answers)) {
      assertUnavailable(response, name, 'application/json');
      assert.deepEqual(await response.json(), {
        detail: 'The database is not reachable at the moment. Try again shortly.',
      });
    }
    await proxy.restore();
    assert.equal((await get('/api/v1/directory/organizers/new/', operator)).status, 404);
    assert.equal((await get('/api/v1/users/', operator)).status, 200);
  });

  it('pages show an error without redirect, and work again afterwards', async () => {
    const { ada } = platform;
    const stranger = new UserAgent(server);
    const login = await stranger.get('/login');
    const atLogin = new UserAgent(server);
    const loginForApplication = await atLogin.get(requestUrl());
    const { agent } = (await tokens()).authorization;
    const consent = await agent.get(requestUrl());
    const account = await agent.get('/account/authorizations');
    const [path = ''] = /\/account\/authorizations\/\w+\/revoke/.exec(account.body) ?? [];
    const revoke = await agent.get(path);
    const logout = await agent.get('/logout');

    await proxy.cut();
    const pages = {
      'authorize, signed in': await agent.get(requestUrl()),
      'authorize, signed out': await new UserAgent(server).get(requestUrl()),
      'authorize, posted': await agent.request('/api/v1/oauth/authorize', {
        method: 'POST',
        body: requestUrl().searchParams,
      }),
      'sign-in': await signIn(stranger, login, ada),
      'sign-in for an application': await signIn(atLogin, loginForApplication, ada),
      'the consent page': await agent.get(consent.url),
      consent: await decide(agent, consent),
      denial: await decide(agent, consent, { decision: 'deny' }),
      account: await agent.get(account.url),
      'the revoke page': await agent.get(revoke.url),
      revoke: await agent.submit(revoke, {}, 'csrf'),
      'the sign-out page': await agent.get(logout.url),
      'sign-out': await agent.submit(logout, {}, 'csrf'),
      'the front page': await agent.get('/'),
    };
    for (const [name, page] of Object.entries(pages)) {
      assert.equal(page.leavesTo, undefined, `${name}: sent to ${page.leavesTo}`);
      assertUnavailable(page, name, 'text/html');
      assert.match(page.body, /<main /);
    }

    await proxy.restore();
    assert.equal((await signIn(stranger, login, ada)).url.pathname, '/account/authorizations');
    assert.ok(findForm(await signIn(atLogin, loginForApplication, ada), ['decision']));
    const end = await decide(agent, consent, { previous: 'keep' });
    assert.ok(end.leavesTo?.searchParams.has('code'), 'the same form is accepted');
    const revoked = await agent.submit(revoke, {}, 'csrf');
    // The consent above created a second grant of the application.
    assert.equal(revoked.url.searchParams.get('notice'), 'revoked_one');
    assert.equal((await agent.submit(logout, {}, 'csrf')).status, 200);
  });

  it('the error page is in German for German browsers', async () => {
    const agent = new UserAgent(server, { 'accept-language': 'de' });
    await proxy.cut();
    assert.match((await agent.get(requestUrl())).body, /<html lang="de">/);
  });

  it('requests in progress end with 200 or 503, and the process continues', async () => {
    const given: ObtainedTokens[] = [];
    for (let i = 0; i < 5; i += 1) {
      given.push(await tokens());
    }
    const { agent } = (await tokens()).authorization;
    for (let round = 0; round < 8; round += 1) {
      const answers: Promise<Response | Page>[] = [];
      for (const { refreshToken, accessToken } of given) {
        answers.push(
          post('/api/v1/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken }),
          post('/api/v1/oauth/introspect', { token: accessToken }),
          agent.get(requestUrl()),
        );
      }
      await sleep(round * 2);
      await proxy.cut();
      for (const answer of await Promise.all(answers)) {
        // A refresh token that an earlier round used is refused with 400.
        assert.ok([200, 400, 503].includes(answer.status), `${answer.status} ${answer.url}`);
      }
      await proxy.restore();
      assert.equal((await get('/api/v1/oauth/jwks')).status, 200);
      assert.equal(await isReady(), 200);
    }
  });

  it('an open transaction that loses its connection does not end the process', async () => {
    const waiting = inTransaction(server.database.db, async (tx) => {
      await sql`select 1`.execute(tx);
      await proxy.cut();
      await sleep(50);
    });
    await assert.rejects(waiting);
    assert.equal((await get('/healthz')).status, 200);
  });

  it('after a restart of PostgreSQL, all responses are 200 or 503', async () => {
    const given = await tokens();
    const name = new URL(database.url).pathname.slice(1);
    const admin = process.env.STAGEDOOR_TEST_SERVER ?? '';
    const kill = () =>
      asAdmin(
        admin,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      );
    const waiting = inTransaction(server.database.db, async (tx) => {
      await sql`select 1`.execute(tx);
      await kill();
      await sleep(50);
    });
    await assert.rejects(waiting);
    for (let round = 0; round < 5; round += 1) {
      const answers = Array.from({ length: 10 }, () =>
        post('/api/v1/oauth/introspect', { token: given.accessToken }),
      );
      await kill();
      for (const { status } of await Promise.all(answers)) {
        assert.ok(status === 200 || status === 503, String(status));
      }
    }
    // Connections that were just terminated may still be in the pool.
    let status = 503;
    for (let attempt = 0; status === 503 && attempt < 40; attempt += 1) {
      ({ status } = await refresh(server, platform.application, given.refreshToken));
      await sleep(status === 503 ? 50 : 0);
    }
    assert.equal(status, 200);
  });

  it('if it hangs, /healthz is 200, /readyz 503, and both recover', async () => {
    const given = await tokens();
    proxy.stall();
    const asked = introspect(server, platform.resourceServer, given.accessToken);
    assert.equal((await get('/healthz')).status, 200);
    assert.equal(await isReady(), 503);
    await proxy.restore();
    assert.equal((await asked).body.active, true, 'the waiting request succeeded');
    assert.equal(await isReady(), 200);
  });

  it('if it hangs, new connections for short statements end as unreachable', async () => {
    proxy.stall();
    const slow = await openDatabase({ url, dataDir: '', connections: 1, queryTimeout: 1_000 });
    const works = [slow.lookUp('select 1', []), slow.write('select 1', []), slow.ping()];
    const outcomes = await Promise.allSettled(works);
    await slow.close();
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected' && isUnreachable(outcome.reason), String(outcome));
    }
  });

  it('if it hangs beyond the timeout, no connection is reused inside an open transaction', async () => {
    const slow = await openDatabase({ url, dataDir: '', connections: 1, queryTimeout: 500 });
    const inside = () =>
      sql<{ id: string | null }>`select pg_current_xact_id_if_assigned()::text id`;
    try {
      await slow.ping();
      for (const work of [
        () => slow.ping(),
        () => slow.read('select $1::int', [1]),
        () => inTransaction(slow.db, () => Promise.resolve()),
        () => inTransaction(slow.db, (tx) => sql`select txid_current()`.execute(tx)),
      ]) {
        proxy.stall();
        await assert.rejects(work(), /Query read timeout|timeout exceeded|is not queryable/);
        await proxy.restore();
        await slow.ping();
        // An open transaction would contain these two queries.
        await sql`select txid_current()`.execute(slow.db);
        const { rows } = await inside().execute(slow.db);
        assert.equal(rows[0]?.id, null);
      }
    } finally {
      await slow.close();
    }
  });
});

describe('A connection that PostgreSQL ends as soon as it is ready', () => {
  for (const [kind, run] of Object.entries({
    'of the pool': (options: PreparingClientOptions) =>
      createPool(options, 1, NO_LIMITS).run('select 1', []),
    'of a pipeline': (options: PreparingClientOptions) =>
      createPipeline(options, 1, NO_LIMITS).run('select 1', []),
  })) {
    it(`${kind} fails its statement, and the process goes on`, async () => {
      const fatal: Error[] = [];
      const note = (error: Error) => fatal.push(error);
      process.on('uncaughtExceptionMonitor', note);
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end(READY_AND_TERMINATED));
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      try {
        await assert.rejects(run({ host: '127.0.0.1', port, user: 'u', password: '' }), (error) =>
          isUnreachable(error),
        );
        await sleep(10);
        assert.deepEqual(fatal, [], 'a separate server process would have ended');
      } finally {
        server.close();
        process.off('uncaughtExceptionMonitor', note);
      }
    });
  }
});

const NO_LIMITS = { statement_timeout: 0, lock_timeout: 0 };

/** Messages of PostgreSQL in one packet: authenticated, ready, and terminated by an administrator. */
const READY_AND_TERMINATED = Buffer.concat([
  messageOf('R', '\0\0\0\0'),
  messageOf('Z', 'I'),
  messageOf('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
]);

function assertUnavailable(
  answer: { status: number; headers: Headers },
  name: string,
  type: string,
): void {
  assert.equal(answer.status, 503, name);
  assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/, name);
  assert.equal(answer.headers.get('location'), null, name);
  assert.equal(answer.headers.get('cache-control'), 'no-store', name);
  assert.equal(answer.headers.get('content-type')?.split(';')[0], type, name);
}
