import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Samples, scrape, sumOf } from '../support/metrics.ts';
import { until } from '../support/outbox.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { prepareEnvironment, type ServerEnvironment } from '../support/server-environment.ts';

const KEYS = /^http_request_duration_seconds_count\{.*route="jwks"/;

describe('Metrics of two workers', () => {
  const scripts = createScriptRunner();
  let environment: ServerEnvironment;
  let server: RunningScript;

  before(async () => {
    environment = await prepareEnvironment({ WORKERS: '2' });
    server = scripts.start(['src/main.ts'], environment.variables);
    await until(async () => (await tryScrape())?.get('stagedoor_workers') === 2);
  });
  after(async () => {
    await scripts.stop();
    await environment.remove();
  });

  const tryScrape = () => scrape(environment.issuer).catch(() => undefined);
  const read = () => scrape(environment.issuer);
  const ask = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const headers = { connection: 'close' };
      await (await fetch(`${environment.issuer}/api/v1/oauth/jwks`, { headers })).text();
    }
  };

  it('are the same in each of ten scrapes', async () => {
    await ask(20);
    const counts = [];
    for (let i = 0; i < 10; i += 1) {
      counts.push(sumOf(await read(), KEYS));
    }
    assert.deepEqual(counts, Array(10).fill(20));
  });

  it('count requests that are answered during scrapes once', async () => {
    const before = sumOf(await read(), KEYS);
    await Promise.all([ask(20), read(), read(), ask(20), read()]);
    assert.equal(sumOf(await read(), KEYS), before + 40);
  });

  it('go on from the last scrape after a worker was killed', async () => {
    const before = await read();
    process.kill(workersOf(server.pid)[0] ?? 0, 'SIGKILL');
    const seen: Samples[] = [];
    await until(async () => {
      const samples = await tryScrape();
      seen.push(...(samples === undefined ? [] : [samples]));
      return workersOf(server.pid).length === 2 && samples?.get('stagedoor_workers') === 2;
    });
    await ask(10);
    seen.push(await read());
    assert.equal(sumOf(seen.at(-1) ?? new Map(), KEYS), sumOf(before, KEYS) + 10);
    let previous = before;
    for (const samples of seen) {
      assert.deepEqual(fallen(previous, samples), []);
      previous = samples;
    }
  });

  it('keep what a worker counted that ended by itself', async () => {
    await ask(10);
    const before = await read();
    await ask(10);
    const [worker = 0] = workersOf(server.pid);
    process.kill(worker, 'SIGTERM');
    await until(() => !workersOf(server.pid).includes(worker));
    assert.equal(sumOf(await read(), KEYS), sumOf(before, KEYS) + 10);
  });
});

/** Counters that are lower than before. */
function fallen(before: Samples, after: Samples): string[] {
  return (
    [...before]
      // Two gauges of Node.js are called nodejs_active_*_total.
      .filter(([name]) => /(?<!^nodejs_active_\w+)_(total|count|sum|bucket)(\{|$)/.test(name))
      .filter(([name, value]) => (after.get(name) ?? 0) < value)
      .map(([name, value]) => `${name} ${value} ${after.get(name)}`)
  );
}

function workersOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}
