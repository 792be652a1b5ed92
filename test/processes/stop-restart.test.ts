import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, isAlive } from '../support/child-processes.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/outbox.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { prepareEnvironment, type ServerEnvironment } from '../support/server-environment.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const MAIN = ['src/main.ts'];
/** Lets the next start of a worker after SIGUSR2 fail. */
const FAILING_FORK = join(import.meta.dirname, '../support/failing-fork.cjs');
const DISCONNECTED = join(import.meta.dirname, '../support/disconnected-worker-child.ts');
const scripts = createScriptRunner();

after(() => scripts.stop());

async function start(
  environment: ServerEnvironment,
  options: readonly string[] = [],
): Promise<RunningScript> {
  const server = scripts.start([...options, ...MAIN], environment.variables, 300);
  await server.prints(/Stagedoor is at/);
  return server;
}

/** Result of one request: the status, or the code of the error. */
type Outcome = number | string;

/** Sends one request. */
function request(
  issuer: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  agent: Agent | false = false,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  get(new URL(path, issuer), { agent, headers, timeout: 15_000 }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0));
  })
    .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    .on('timeout', () => resolve('no answer in time'));
  return promise;
}

/** Requests of a load that are under way at the same time. */
const CLIENTS = 4;

/** Sends requests, several at a time, until it is stopped; returns all outcomes. */
function startLoad(issuer: string, agent?: Agent): () => Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let stopped = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!stopped) {
      outcomes.push(await request(issuer, '/healthz', {}, agent));
      await sleep(40);
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(clients);
    return outcomes;
  };
}

describe('Server that stops after a delay', () => {
  let environment: ServerEnvironment;

  before(async () => {
    environment = await prepareEnvironment({ STOP_DELAY_SECONDS: '2' });
  });
  after(() => environment.remove());

  it('is not ready first, goes on to answer, and ends with 0', async () => {
    const server = await start(environment);
    const { issuer } = environment;
    assert.equal(await request(issuer, '/readyz'), 200);
    server.kill('SIGTERM');
    await until(async () => (await request(issuer, '/readyz')) === 503);
    const answer = await fetch(`${issuer}/readyz`);
    assert.deepEqual(await answer.json(), { status: 'unavailable', detail: 'shutting down' });
    assert.equal(answer.headers.get('connection'), 'close');
    assert.equal(await request(issuer, '/api/v1/openapi.json'), 200);
    const { code } = await server.ended;
    assert.equal(code, 0, server.stderr());
    assert.equal(await request(issuer, '/healthz'), 'ECONNREFUSED');
  });
});

describe('Server whose database hangs', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let environment: ServerEnvironment;

  before(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    proxy = await startTcpProxy(Number(url.port));
    url.port = String(proxy.port);
    environment = await prepareEnvironment({ DATABASE_URL: url.href, STOP_DELAY_SECONDS: '3' });
  });
  after(async () => {
    await proxy.close();
    await environment.remove();
    await database.drop();
  });

  it('ends with 0 if no request waits, although its background work does', async () => {
    const server = await start(environment);
    server.kill('SIGTERM');
    // The outbox is read every 2 seconds, so this also happens during the delay.
    proxy.stall();
    const { code } = await server.ended;
    assert.equal(code, 0, server.stderr());
    assert.equal(server.stderr(), '');
    await proxy.restore();
  });

  it('ends within 10 seconds after the delay, and some for a busy machine', async () => {
    const server = await start(environment);
    proxy.stall();
    // Waits for the database: it looks up the token.
    const waiting = request(environment.issuer, '/api/v1/users/', {
      authorization: 'Token sdo_0123456789',
    });
    await request(environment.issuer, '/healthz');
    const begin = performance.now();
    server.kill('SIGTERM');
    await Promise.all([server.ended, waiting]);
    assert.ok(performance.now() - begin < 18_000, `${performance.now() - begin} ms`);
  });
});

describe('Server with two workers under load', () => {
  let environment: ServerEnvironment;
  let server: RunningScript;

  before(async () => {
    environment = await prepareEnvironment({ WORKERS: '2', STOP_DELAY_SECONDS: '2' });
    server = await start(environment, ['-r', FAILING_FORK]);
    await until(() => childrenOf(server.pid).length === 2);
  });
  after(() => environment.remove());

  it('keeps the supervisor below 60 MB', () => {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
    assert.ok(Number(kilobytes) < 60_000, `${kilobytes} kB`);
  });

  it('keeps both, and no third one, if the system starts none on SIGHUP', async () => {
    const before = childrenOf(server.pid);
    server.kill('SIGUSR2');
    // Signals that wait together are not delivered in the order in which they were sent.
    await server.prints(/The next worker does not start/);
    server.kill('SIGHUP');
    await server.prints(/"message":"no memory","msg":"New worker did not start; restart stops"/);
    // Longer than the pause until a worker that ended is replaced.
    await sleep(1_000);
    assert.deepEqual(childrenOf(server.pid), before);
  });

  it('replaces both on SIGHUP without a failed request', async () => {
    const before = childrenOf(server.pid);
    const agent = new Agent({ keepAlive: true });
    const stop = startLoad(environment.issuer, agent);
    server.kill('SIGHUP');
    await until(() => !before.some(isAlive), 120);
    const outcomes = await stop();
    agent.destroy();
    assert.ok(outcomes.length > 20, String(outcomes.length));
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 200),
      [],
    );
    assert.equal(childrenOf(server.pid).length, 2);
    assert.equal(server.stderr(), '');
  });

  it('loses at most the requests that a killed worker had', async () => {
    const [victim = 0] = childrenOf(server.pid);
    const stop = startLoad(environment.issuer);
    await sleep(100);
    process.kill(victim, 'SIGKILL');
    await server.prints(/Worker ended/);
    await until(() => childrenOf(server.pid).length === 2, 60);
    const outcomes = await stop();
    const failed = outcomes.filter((outcome) => outcome !== 200);
    assert.ok(failed.length <= CLIENTS, String(failed));
    assert.ok(!failed.includes('no answer in time'), String(failed));
  });

  it('answers all requests until a proxy has seen that it is not ready', async () => {
    const stop = startLoad(environment.issuer);
    server.kill('SIGTERM');
    await until(async () => (await request(environment.issuer, '/readyz')) === 503);
    await sleep(200);
    const outcomes = await stop();
    assert.ok(outcomes.length > CLIENTS, String(outcomes.length));
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 200),
      [],
    );
    assert.equal((await server.ended).code, 0, server.stderr());
  });
});

describe('Server whose output nobody reads any more', () => {
  let environment: ServerEnvironment;

  before(async () => {
    environment = await prepareEnvironment({ WORKERS: '2', LOG_LEVEL: 'debug' });
  });
  after(() => environment.remove());

  it('goes on to answer, replaces a killed worker, and stops', async () => {
    const server = await start(environment);
    await until(() => childrenOf(server.pid).length === 2);
    server.closeOutput();
    const [victim = 0] = childrenOf(server.pid);
    process.kill(victim, 'SIGKILL');
    await until(() => !isAlive(victim) && childrenOf(server.pid).length === 2, 60);
    await until(async () => (await request(environment.issuer, '/healthz')) === 200, 60);
    const stop = startLoad(environment.issuer);
    await sleep(500);
    const outcomes = await stop();
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 200),
      [],
    );
    const workers = childrenOf(server.pid);
    server.kill('SIGTERM');
    assert.equal((await server.ended).code, 0);
    assert.deepEqual(workers.filter(isAlive), []);
  });
});

describe('Worker whose connection to the supervisor ends', () => {
  it('stops', async () => {
    cluster.setupPrimary({ exec: DISCONNECTED });
    const worker = cluster.fork();
    await once(worker, 'message');
    worker.disconnect();
    const [code] = await once(worker, 'exit');
    assert.equal(code, 7);
  });
});
