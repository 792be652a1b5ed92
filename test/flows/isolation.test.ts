import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as sendSecurely } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { LONG_LOCK_TIMEOUT } from '../../src/db/migrate.ts';
import { makeCertificate } from '../support/certificate.ts';
import { createTestDatabase } from '../support/database.ts';
import { createPlatform, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, decide, requestOf, signedIn } from '../support/flow.ts';
import { freePort } from '../support/free-port.ts';
import { startHaproxy, whyNoHaproxy } from '../support/haproxy.ts';
import { until } from '../support/outbox.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { basic, exchange, introspect, obtainTokens, refresh, revoke } from '../support/tokens.ts';
import { unlessStalled } from '../support/unless-stalled.ts';
import { untilBlocked } from '../support/until-blocked.ts';

const CONNECTIONS = 4;
/** Milliseconds. */
const DAY = 86_400_000;

let outside: Database;
// Before the database is dropped.
after(() => outside?.close());
const { server, platform } = withPlatform({ DATABASE_CONNECTIONS: String(CONNECTIONS) });
const ada = prepared(() => signedIn(server, platform.ada));

before(async () => {
  outside = await openDatabase({ url: server.config.databaseUrl, dataDir: '', connections: 2 });
});

/** Holds a lock, as a frozen process would, until `work` has ended. */
function whileLocked<T>(lock: RawBuilder<unknown>, work: () => Promise<T>): Promise<T> {
  return outside.db.transaction().execute(async (tx) => {
    await lock.execute(tx);
    return work();
  });
}

const allGrants = sql`select from grants for update`;
const allUsers = sql`select from users for update`;

function consentUrl(): URL {
  const { clientId, redirectUri } = platform.application;
  return authorizationUrl(server, requestOf({ clientId, redirectUri }, { prompt: 'consent' }));
}

function authorizeApplication() {
  const { application, ada: user } = platform;
  return authorize(server, { application, user, agent: ada, parameters: { prompt: 'consent' } });
}

async function newTokens() {
  const { application } = platform;
  const { body } = await exchange(server, application, await authorizeApplication());
  return { accessToken: body.access_token ?? '', refreshToken: body.refresh_token ?? '' };
}

const general = () => server.database.pools().general;

describe('A locked row', () => {
  test('of a grant: token requests get 503 with Retry-After, and work afterwards', async () => {
    const { application } = platform;
    const [tokens, revoked, authorized] = [
      await newTokens(),
      await newTokens(),
      await authorizeApplication(),
    ];
    const requests = {
      refresh: () => refresh(server, application, tokens.refreshToken),
      'code exchange': () => exchange(server, application, authorized),
      revocation: () => revoke(server, application, revoked.refreshToken),
    };
    const answers = await whileLocked(allGrants, () =>
      Promise.all(Object.values(requests).map((send) => send())),
    );
    for (const { status, headers, body } of answers) {
      assert.equal(status, 503);
      assert.equal(headers.get('retry-after'), '2');
      assert.equal(body.error, 'temporarily_unavailable');
      assert.match(body.error_description ?? '', /Another change/);
    }
    for (const [name, send] of Object.entries(requests)) {
      assert.equal((await send()).status, 200, name);
    }
  });

  test('of a refresh token: 503, and another grant is refreshed meanwhile', async () => {
    const { application } = platform;
    const [locked, free] = [await newTokens(), await newTokens()];
    const lock = sql`select from refresh_tokens
      where token_hash = sha256(${locked.refreshToken}::bytea) for update`;
    await whileLocked(lock, async () => {
      const refused = refresh(server, application, locked.refreshToken);
      await untilBlocked(outside);
      assert.equal((await refresh(server, application, free.refreshToken)).status, 200);
      assert.equal((await refused).status, 503);
    });
    assert.equal((await refresh(server, application, locked.refreshToken)).status, 200);
  });

  test('of a user: consent and its page get 503, and the consent works afterwards', async () => {
    const page = await ada.get(consentUrl());
    const [consent, authorization] = await whileLocked(allUsers, () =>
      Promise.all([decide(ada, page), ada.get(consentUrl())]),
    );
    for (const { status, headers } of [consent, authorization]) {
      assert.equal(status, 503);
      assert.equal(headers.get('retry-after'), '2');
    }
    assert.notEqual((await decide(ada, page)).leavesTo?.searchParams.get('code') ?? null, null);
  });
});

describe('While requests wait for a lock', () => {
  async function assertHotPath(accessToken: string): Promise<void> {
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const [introspection, feed] = await Promise.all([
      introspect(server, platform.resourceServer, accessToken),
      fetch(new URL('/api/v1/oauth/changes', server.issuer), {
        headers: { authorization: basic(clientId, clientSecret) },
      }),
    ]);
    assert.equal(introspection.body.active, true);
    assert.equal(feed.status, 200);
  }

  test(
    'on all connections, introspection and the feed are answered',
    unlessStalled(async () => {
      const { accessToken } = await newTokens();
      const settled: number[] = [];
      await whileLocked(allUsers, async () => {
        const blocked = Array.from({ length: 2 * CONNECTIONS }, () =>
          ada.get(consentUrl()).then(({ status }) => {
            settled.push(status);
          }),
        );
        await untilBlocked(outside, CONNECTIONS);
        await assertHotPath(accessToken);
        assert.deepEqual(settled, []);
        await Promise.all(blocked);
      });
      assert.ok(settled.every((status) => status === 503));
    }),
  );

  test(
    'introspections take 64 places, so that the feed never waits behind more',
    unlessStalled(async () => {
      const { accessToken } = await newTokens();
      const underWay = () => {
        const { inUse = 0, waiting = 0 } = server.database.pools().look_ups ?? {};
        return inUse + waiting;
      };
      const sent = await whileLocked(sql`lock table access_tokens`, async () => {
        const answers = Array.from({ length: 100 }, () =>
          introspect(server, platform.resourceServer, accessToken),
        );
        await until(() => underWay() >= 64);
        await sleep(200);
        assert.equal(underWay(), 64);
        return { answers };
      });
      for (const { body } of await Promise.all(sent.answers)) {
        assert.equal(body.active, true);
      }
    }),
  );

  test(
    'token requests take half of the connections, and pages are answered',
    unlessStalled(async () => {
      const tokens = await newTokens();
      const settled: number[] = [];
      await whileLocked(allGrants, async () => {
        const blocked = Array.from({ length: CONNECTIONS }, () =>
          refresh(server, platform.application, tokens.refreshToken).then(({ status }) => {
            settled.push(status);
          }),
        );
        await untilBlocked(outside, CONNECTIONS / 2);
        await assertHotPath(tokens.accessToken);
        assert.equal((await ada.get('/account/profile')).status, 200);
        assert.equal((await ada.get('/account/authorizations')).status, 200);
        assert.deepEqual(settled, []);
        await Promise.all(blocked);
      });
      assert.ok(settled.every((status) => status === 503));
    }),
  );
});

describe('Connections', () => {
  const SETTINGS = sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in
      ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
    order by name`;

  test('have limits on locks, statements and idle transactions', async () => {
    const { rows } = await SETTINGS.execute(server.database.db);
    assert.deepEqual(
      rows.map(({ name, setting }) => [name, setting]),
      [
        ['idle_in_transaction_session_timeout', '10000'],
        ['lock_timeout', '2000'],
        ['statement_timeout', '28500'],
      ],
    );
    const text = SETTINGS.compile(server.database.db).sql;
    for (const run of [server.database.lookUp, server.database.write]) {
      const short = await run<{ setting: string }>(text, []);
      assert.deepEqual(
        short.map(({ setting }) => setting),
        ['10000', '1500', '2500'],
      );
    }
  });

  test('introspection and refresh go on behind the longest wait of a migration', async () => {
    const from = 'select count(*) from grants';
    await outside.db.transaction().execute(async (reader) => {
      await sql.raw(from).execute(reader);
      const refused = server.database.db.transaction().execute(async (tx) => {
        await sql.raw(`set local lock_timeout = ${LONG_LOCK_TIMEOUT}`).execute(tx);
        await sql`lock table grants in access exclusive mode`.execute(tx);
      });
      const isRefused = assert.rejects(refused, { code: '55P03' });
      await untilBlocked(outside, 1);
      const behind = [server.database.lookUp, server.database.write].map((run) => run(from, []));
      await Promise.all([...behind, isRefused]);
    });
  });

  /** Makes a client leave while it waits for a connection, and checks what becomes of its request. */
  const testLeaving = async (begin: BeginRevocation) => {
    const { application, resourceServer } = platform;
    /** Returns false if a connection was free before the client had left. */
    const leave = async (token: string): Promise<boolean> => {
      let hasLeft = false;
      const before = { abandoned: 0, refused: 0, ...general() };
      await whileLocked(allUsers, async () => {
        let isFree = false;
        const blocked = Array.from({ length: CONNECTIONS }, async () => {
          await ada.get(consentUrl());
          isFree = true;
        });
        await untilBlocked(outside, CONNECTIONS);
        const isDue = () => isFree || general()?.waiting === 1;
        await leaveWhen(isDue, () => begin(application, token));
        hasLeft = !isFree && general()?.waiting === 1;
        await Promise.all(blocked);
      });
      await until(() => general()?.inUse === 0);
      const { abandoned = 0, refused = 0 } = general() ?? {};
      assert.ok(!hasLeft || abandoned === before.abandoned + 1, 'the queue dropped it');
      assert.ok(!hasLeft || refused === before.refused, 'that is no lack of connections');
      return hasLeft;
    };
    // On a busy machine, the locks may time out first.
    for (let attempt = 1; ; attempt += 1) {
      const kept = await newTokens();
      if (await leave(kept.refreshToken)) {
        const { body } = await introspect(server, resourceServer, kept.accessToken);
        assert.equal(body.active, true);
        return;
      }
      assert.ok(attempt < 5, 'the locks time out too early');
    }
  };

  test('a request whose client has left while it waited gets none, and causes no change', () =>
    testLeaving((application, token) => beginRevocation(server, application, token)));

  test('the same through haproxy', { skip: whyNoHaproxy }, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'stagedoor-proxy-'));
    t.after(() => rm(folder, { recursive: true }));
    const span = { from: new Date(Date.now() - DAY), until: new Date(Date.now() + DAY) };
    const certificate = makeCertificate(folder, { name: 'localhost', ...span });
    const port = await freePort();
    const own = Number(new URL(server.issuer).port);
    const proxy = await startHaproxy({ folder, certificate, port, servers: [own, own] });
    t.after(() => proxy.close());
    await until(() => accepts(port));
    await testLeaving((application, token) => {
      const { headers, body } = revocationOf(application, token);
      const address = { host: 'localhost', port, path: REVOCATION, ca: certificate.cert };
      const client = sendSecurely({ ...address, method: 'POST', headers });
      client.on('error', () => {});
      client.end(body);
      return () => client.destroy();
    });
  });

  test('a request whose client leaves while its connection is opened does not reach the provider', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const url = new URL(database.url);
    const proxy = await startTcpProxy(Number(url.port));
    t.after(() => proxy.close());
    url.port = String(proxy.port);
    const own = await startServer({ DATABASE_URL: url.href });
    t.after(() => own.close());
    const { application, ada: user, resourceServer } = await createPlatform(own);
    const kept = await obtainTokens(own, { application, user });
    const pool = () => own.database.pools().general;
    // From now on, a transaction needs a new connection.
    const name = url.pathname.slice(1);
    await until(async () => {
      const ended = await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = ${name}`.execute(outside.db);
      return ended.rows.length === 0;
    });
    const warn = t.mock.method(console, 'warn', () => {});
    proxy.stall();
    await leaveWhen(
      () => pool()?.inUse === 1,
      () => beginRevocation(own, application, kept.refreshToken),
    );
    await proxy.restore();
    await until(() => pool()?.inUse === 0);
    assert.deepEqual(
      warn.mock.calls.map(({ arguments: [line] }) => line),
      [],
      'the provider warns of a body that it cannot read',
    );
    const { body } = await introspect(own, resourceServer, kept.accessToken);
    assert.equal(body.active, true);
  });
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port);
  const accepted = await once(socket, 'connect').catch(() => undefined);
  socket.destroy();
  return accepted !== undefined;
}

const REVOCATION = '/api/v1/oauth/revoke_token';

/** Sends the revocation of a token; returns a function that closes its connection. */
type BeginRevocation = (application: TestApplication, token: string) => () => void;

function revocationOf({ clientId, clientSecret = '' }: TestApplication, token: string) {
  const headers = {
    authorization: basic(clientId, clientSecret),
    'content-type': 'application/x-www-form-urlencoded',
  };
  return { method: 'POST', headers, body: new URLSearchParams({ token }).toString() };
}

function beginRevocation({ issuer }: TestServer, ...what: Parameters<BeginRevocation>) {
  const client = new AbortController();
  const { signal } = client;
  fetch(new URL(REVOCATION, issuer), { ...revocationOf(...what), signal }).catch(() => {});
  return () => client.abort();
}

/** Begins a revocation, and leaves when `isDue`; returns when the server has noticed. */
async function leaveWhen(isDue: () => boolean, begin: () => () => void): Promise<void> {
  const received = Promise.withResolvers<IncomingMessage>();
  const listen = (message: unknown) => {
    // Node's documentation names the properties of this channel's messages.
    const { request } = message as { request: IncomingMessage };
    if (request.url === REVOCATION) {
      received.resolve(request);
    }
  };
  subscribe('http.server.request.start', listen);
  const leave = begin();
  const request = await received.promise;
  unsubscribe('http.server.request.start', listen);
  await until(isDue);
  leave();
  await until(() => request.destroyed);
}

describe('Callers that send their body slowly', () => {
  test('do not keep introspections from being answered', async (t) => {
    const { hostname, port } = new URL(server.issuer);
    const slow = await Promise.all(
      Array.from({ length: 80 }, async () => {
        const socket = connect(Number(port), hostname);
        t.after(() => socket.destroy());
        await once(socket, 'connect');
        socket.write(
          'POST /api/v1/oauth/introspect HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n' +
            'Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=',
        );
        return socket;
      }),
    );
    const { accessToken } = await newTokens();
    const { body } = await introspect(server, platform.resourceServer, accessToken);
    assert.equal(body.active, true);
    assert.ok(slow.every((socket) => !socket.destroyed));
  });
});
