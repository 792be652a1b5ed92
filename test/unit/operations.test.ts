import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Koa from 'koa';
import { readConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createLog } from '../../src/lib/log.ts';
import { operationsRoutes } from '../../src/operations/health.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { observeRequests } from '../../src/operations/observe-requests.ts';
import { createReadiness, watchReadiness } from '../../src/operations/readiness.ts';
import { routeGroup } from '../../src/operations/route-group.ts';
import { freePort } from '../support/free-port.ts';

/** Serves the operations endpoints, and `/boom`, which throws. */
async function startOperations(database: Database) {
  const metrics = createMetrics(database, readConfig({}));
  const app = new Koa();
  app.silent = true;
  app.use(observeRequests(metrics, createLog('silent')));
  const log = createLog('silent');
  const config = readConfig({});
  const findObstacle = createReadiness({ database, log });
  app.use(operationsRoutes({ findObstacle, metrics, config, cookieKeys: [] }).routes());
  app.use((ctx) => {
    if (ctx.path === '/boom') {
      throw new Error('boom');
    }
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    get: (path: string) => fetch(`http://127.0.0.1:${address.port}${path}`),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('With an unreachable database', () => {
  let database: Database;
  let operations: Awaited<ReturnType<typeof startOperations>>;

  before(async () => {
    const port = await freePort();
    const url = `postgres://nobody:x@127.0.0.1:${port}/none`;
    database = await openDatabase({ url, dataDir: '', connections: 2 });
    operations = await startOperations(database);
  });
  after(async () => {
    operations.close();
    await database.close();
  });

  test('/healthz is 200', async () => {
    const answer = await operations.get('/healthz');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await answer.json(), { status: 'ok' });
  });

  test('/readyz is 503', async () => {
    const answer = await operations.get('/readyz');
    assert.equal(answer.status, 503);
    assert.deepEqual(await answer.json(), {
      status: 'unavailable',
      detail: 'database unreachable',
    });
  });

  test('/metrics reports the outage', async () => {
    const answer = await operations.get('/metrics');
    assert.equal(answer.status, 200);
    const text = await answer.text();
    assert.match(text, /^stagedoor_database_up 0$/m);
    assert.doesNotMatch(text, /^stagedoor_mail_outbox\{/m);
    assert.match(text, /^process_cpu_seconds_total /m);
  });

  test('requests are counted by method, route group and status, not by path', async () => {
    await operations.get('/boom');
    await operations.get('/interaction/secret-of-somebody');
    const text = await (await operations.get('/metrics')).text();
    const count = (labels: string) =>
      new RegExp(`^http_request_duration_seconds_count\\{${labels}\\} (\\d+)$`, 'm').exec(
        text,
      )?.[1];
    assert.equal(count('method="GET",route="other",status="500"'), '1');
    assert.match(text, /^stagedoor_defects_total\{route="other"\} 1$/m);
    assert.match(text, /^stagedoor_defects_total\{route="token"\} 0$/m, 'known before the first');
    assert.equal(count('method="GET",route="interaction",status="404"'), '1');
    assert.doesNotMatch(text, /secret-of-somebody|boom/);
  });
});

test('Readiness waits at most two seconds for a slow database', async () => {
  let asked = 0;
  const silent = await openDatabase({
    url: 'postgres://x@127.0.0.1:1/x',
    dataDir: '',
    connections: 1,
  });
  const database: Database = {
    ...silent,
    lookUp: () => {
      asked += 1;
      return new Promise(() => {});
    },
  };
  const operations = await startOperations(database);
  const start = performance.now();
  const answers = await Promise.all([operations.get('/readyz'), operations.get('/readyz')]);
  assert.ok(performance.now() - start < 10_000);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503],
  );
  assert.equal(asked, 1);
  operations.close();
  await silent.close();
});

test('Readiness is refused if the clock of the database differs by more than 5 seconds', async () => {
  const unused = await openDatabase({
    url: 'postgres://x@127.0.0.1:1/x',
    dataDir: '',
    connections: 1,
  });
  for (const [ahead, status] of [
    [-3_600_000, 503],
    [0, 200],
    [7_000, 503],
  ] as const) {
    const now = async () => [{ now: new Date(Date.now() + ahead) }];
    // The interface promises rows of any type; this test knows the one statement.
    const lookUp = now as unknown as Database['lookUp'];
    const operations = await startOperations({ ...unused, lookUp });
    const answer = await operations.get('/readyz');
    assert.equal(answer.status, status);
    const { detail } = Object(await answer.json());
    assert.equal(detail, status === 200 ? undefined : clockDetail(ahead));
    operations.close();
  }
  await unused.close();
});

test('A database whose connections are all in use is not reported as down', async () => {
  const unused = await openDatabase({
    url: 'postgres://x@127.0.0.1:1/x',
    dataDir: '',
    connections: 1,
  });
  const now = async () => [{ now: new Date() }];
  // The interface promises rows of any type; this test knows the one statement.
  const lookUp = now as unknown as Database['lookUp'];
  const operations = await startOperations({ ...unused, lookUp });
  const text = await (await operations.get('/metrics')).text();
  assert.match(text, /^stagedoor_database_up 1$/m);
  assert.match(text, /^stagedoor_database_clock_ahead_seconds -?0/m);
  assert.doesNotMatch(text, /^stagedoor_mail_outbox\{/m);
  operations.close();
  await unused.close();
});

test('Changes of the readiness are logged once each, and at most every 10 seconds', async () => {
  const lines: unknown[] = [];
  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) });
  const unused = await openDatabase({
    url: 'postgres://x@127.0.0.1:1/x',
    dataDir: '',
    connections: 1,
  });
  let ahead: number | undefined = 0;
  let time = 0;
  const now = async () => {
    if (ahead === undefined) {
      throw new Error('unreachable');
    }
    return [{ now: new Date(Date.now() + ahead) }];
  };
  // The interface promises rows of any type; this test knows the one statement.
  const lookUp = now as unknown as Database['lookUp'];
  const findObstacle = createReadiness({ database: { ...unused, lookUp }, log, now: () => time });
  const probe = async (seconds: number, state: number | undefined) => {
    time = seconds * 1000;
    ahead = state;
    await findObstacle();
    return lines.splice(0).map((line) => {
      const { level, msg, reason } = Object(line);
      return [level, msg, ...(reason === undefined ? [] : [reason])];
    });
  };
  const notReady = (reason: string) => [[40, 'Server is not ready', reason]];
  assert.deepEqual(await probe(0, 0), []);
  assert.deepEqual(await probe(1, 7_000), notReady(clockDetail(7_000)));
  assert.deepEqual(await probe(20, 9_000), []);
  assert.deepEqual(await probe(30, undefined), notReady('database unreachable'));
  assert.deepEqual(await probe(31, 0), []);
  assert.deepEqual(await probe(32, undefined), []);
  assert.deepEqual(await probe(39, 0), []);
  assert.deepEqual(await probe(40, 0), [[30, 'Server is ready again']]);
  assert.deepEqual(await probe(60, 0), []);
  await unused.close();
});

test('The server looks itself if it is ready, where nothing asks', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  const stop = watchReadiness(async () => {
    looks += 1;
  });
  t.mock.timers.tick(120_000);
  await stop();
  t.mock.timers.tick(120_000);
  assert.equal(looks, 2);
});

function clockDetail(ahead: number): string {
  return `the clock of the database differs by ${Math.abs(ahead) / 1000} s`;
}

test('Paths are grouped into few routes', () => {
  assert.equal(routeGroup('/api/v1/oauth/introspect'), 'introspect');
  assert.equal(routeGroup('/api/v1/oauth/authorize/abc'), 'authorize');
  assert.equal(routeGroup('/api/v1/users/ada/'), 'management');
  assert.equal(routeGroup('/operator/reviews'), 'console');
  assert.equal(routeGroup('/api/v1/oauth/register'), 'register');
  assert.equal(routeGroup('/.well-known/openid-configuration'), 'metadata');
  assert.equal(routeGroup('/.well-known/openid-configuration/api/v1/oauth'), 'metadata');
  assert.equal(routeGroup('/wp-login.php'), 'other');
});
