import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/outbox.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { prepareEnvironment, type ServerEnvironment } from '../support/server-environment.ts';
import { startTraceReceiver, type TraceReceiver } from '../support/trace-receiver.ts';

const LIST_MODULES = join(import.meta.dirname, '../support/list-modules.ts');
/** Modules that belong to tracing. The package `api`, which does nothing by itself, is loaded by prom-client. */
const TRACING = /\/@opentelemetry\/(?!api\/)|\/src\/tracing\//;

/** Packages that are loaded at their first use, or never on PostgreSQL. */
const LATER = /\/node_modules\/(nodemailer|@zxcvbn-ts|@electric-sql|highlight\.js)\/|\/src\/demo\//;
/** MB of memory of its own that a process may take when it is ready; 61 without the list of modules. */
const MEMORY = 80;

describe('Server processes', () => {
  const scripts = createScriptRunner();
  let environment: ServerEnvironment;
  let receiver: TraceReceiver;
  before(async () => {
    environment = await prepareEnvironment();
    receiver = await startTraceReceiver();
  });
  after(async () => {
    await scripts.stop();
    await receiver.close();
    await environment.remove();
  });

  const ask = async (path: string) => {
    const headers = { connection: 'close' };
    return (await fetch(`${environment.issuer}${path}`, { headers })).status;
  };
  /** Starts a server, and returns it with the packages that it has loaded when it is ready. */
  const start = async (variables: Readonly<Record<string, string>>) => {
    const list = join(environment.dataDir, `modules-${variables.WORKERS ?? '1'}`);
    const server = scripts.start(['--import', LIST_MODULES, 'src/main.ts'], {
      ...environment.variables,
      LIST_MODULES: list,
      ...variables,
    });
    await server.prints(/Stagedoor is at/);
    await until(() => ask('/readyz').then((status) => status === 200));
    const modules = readFileSync(list, 'utf8').split('\n');
    assert.ok(modules.some((url) => url.includes('/node_modules/koa/')));
    return {
      server,
      traced: modules.filter((url) => TRACING.test(url)),
      early: modules.filter((url) => LATER.test(url)),
    };
  };
  const stop = async (server: RunningScript) => {
    server.kill('SIGTERM');
    assert.equal((await server.ended).code, 0, server.stderr());
  };

  it('load nothing at the start that they may not need, and keep no memory of it', async () => {
    const { server, traced, early } = await start({});
    assert.deepEqual(traced, []);
    assert.deepEqual(early, []);
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    const memory = Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
    assert.ok(memory < MEMORY, `${memory} MB`);
    await stop(server);
  });

  it('send the spans of two workers before they stop', async () => {
    const { server, traced } = await start({
      WORKERS: '2',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    });
    assert.ok(traced.length > 0);
    for (let i = 0; i < 40; i += 1) {
      assert.equal(await ask('/api/v1/oauth/jwks'), 200);
    }
    await stop(server);
    const spans = receiver.spans.filter(({ name }) => name === 'GET /api/v1/oauth/jwks');
    assert.equal(spans.length, 40);
    assert.ok(new Set(spans.map(({ resource }) => resource['process.pid'])).size >= 1);
  });
});
