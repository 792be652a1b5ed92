import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createPlatform } from '../support/factories.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { basic } from '../support/tokens.ts';
import { tokenOf } from './data.ts';
import { DISTURBANCES, type DisturberData } from './disturber.ts';
import { fillTables } from './fill-tables.ts';
import { startMeasured } from './measured-server.ts';
import { requestStatus } from './request-status.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

/** Introspections per second, and seconds of each phase. */
const RATE = 100;
const QUIET = 6;
const CONNECTIONS = 32;
const DISTURBED = Number(process.env.SECONDS ?? 8);
/** Milliseconds that an answer of the feed lasts. */
const LEASE = 1_000;

/** Introspections and answers of the feed in one phase. */
interface Phase {
  readonly milliseconds: readonly number[];
  /** Introspections that were not answered with 200. */
  readonly failed: number;
  /** Milliseconds that were left of the lease when the next answer of the feed arrived, at least. */
  readonly leaseLeft: number;
}

/**
 * Measures introspection and the changes feed: `npm run bench:isolation`. First without other load, then
 * while another server process on the same database has a load, then while the measured process has it. The
 * second phase shows what the load costs by using the processors and PostgreSQL. The measurement runs at a
 * fixed rate in this process, the load in a thread.
 */
async function main(): Promise<void> {
  const settings = { TRUST_PROXY: '1', LOG_LEVEL: 'silent' };
  const environment = await prepareEnvironment(settings);
  const databaseUrl = environment.variables.DATABASE_URL ?? '';
  const other = await prepareEnvironment({ ...settings, DATABASE_URL: databaseUrl });
  const server = await startMeasured('stagedoor-server.ts', environment.variables);
  const otherServer = await startMeasured('stagedoor-server.ts', other.variables);
  try {
    const { issuer } = environment;
    const { application, resourceServer, ada } = await createPlatform({
      issuer,
      operatorToken: OPERATOR_TOKEN,
    });
    await fillTables(databaseUrl, {
      clientId: application.clientId,
      passwordOf: ada.id,
      signingIn: Array.from({ length: 5_000 }, (_, n) => `user-${n}`),
    });
    const data = { databaseUrl, application, resourceServer, password: ada.password };
    await measure(issuer, resourceServer, 3);
    const rows: Record<string, object> = {};
    for (const [name, disturbance] of Object.entries(DISTURBANCES)) {
      const quiet = await measure(issuer, resourceServer, QUIET);
      const load = { ...data, disturbance };
      const elsewhere = await during(issuer, { ...load, issuer: other.issuer, round: 0 });
      const here = await during(issuer, { ...load, issuer, round: 1 });
      const [before, apart, after] = [quiet, elsewhere, here].map((one) => percentile(one, 0.99));
      rows[name] = {
        'p99 quiet': before,
        'load elsewhere': apart,
        'load here': after,
        'p50 quiet': percentile(quiet, 0.5),
        elsewhere: percentile(elsewhere, 0.5),
        here: percentile(here, 0.5),
        failed: quiet.failed + elsewhere.failed + here.failed,
        'lease left': [quiet, elsewhere, here].map(({ leaseLeft }) => Math.round(leaseLeft)).join(),
        'answers of the load': JSON.stringify(here.answers),
      };
    }
    console.table(rows);
  } finally {
    await otherServer.stop();
    await server.stop();
    await other.remove();
    await environment.remove();
  }
}

/** Measures while a thread makes load, and until that is answered. */
async function during(issuer: string, data: DisturberData) {
  const worker = new Worker(new URL('./disturber.ts', import.meta.url), { workerData: data });
  await new Promise((resolve) => worker.once('message', resolve));
  const answered = new Promise<unknown>((resolve) => worker.once('message', resolve));
  const phase = await measure(issuer, data.resourceServer, DISTURBED, () =>
    worker.postMessage('start'),
  );
  worker.postMessage('stop');
  const answers = await answered;
  await worker.terminate();
  await sleep(2_000);
  return { ...phase, answers };
}

/** @param begin called once connections are open */
async function measure(
  issuer: string,
  caller: ClientCredentials,
  seconds: number,
  begin = () => {},
): Promise<Phase> {
  // API services keep connections open. All are used in turn, so that the server closes none.
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, scheduling: 'fifo' });
  const authorization = basic(caller.clientId, caller.clientSecret ?? '');
  const end = new AbortController();
  const feed = followFeed(issuer, authorization, end.signal);
  const milliseconds: number[] = [];
  let failed = 0;
  const introspect = async (n: number) => {
    const asked = performance.now();
    const status = await requestStatus(agent, {
      url: `${issuer}/api/v1/oauth/introspect`,
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: `token=${tokenOf('sda', 40_000 + (n % 5_000))}`,
    }).catch(() => 0);
    milliseconds.push(performance.now() - asked);
    failed += status === 200 ? 0 : 1;
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, n) => introspect(n)));
  milliseconds.length = 0;
  begin();
  const all: Promise<void>[] = [];
  const start = performance.now();
  for (let n = 0; n < seconds * RATE; n += 1) {
    await sleep(Math.max(0, start + (n * 1000) / RATE - performance.now()));
    all.push(introspect(n));
  }
  await Promise.all(all);
  end.abort();
  agent.destroy();
  return { milliseconds, failed, leaseLeft: await feed };
}

/** Asks for changes as the kit does. Returns the least time that was left of a lease. */
async function followFeed(
  issuer: string,
  authorization: string,
  signal: AbortSignal,
): Promise<number> {
  let leaseLeft = Number.POSITIVE_INFINITY;
  let until: number | undefined;
  let cursor = '';
  while (!signal.aborted) {
    const asked = performance.now();
    const url = `${issuer}/api/v1/oauth/changes?after=${encodeURIComponent(cursor)}`;
    const response = await fetch(url, { headers: { authorization } });
    const answer = Object(await response.json());
    const now = performance.now();
    if (until !== undefined) {
      leaseLeft = Math.min(leaseLeft, until - now);
    }
    if (response.ok) {
      cursor = String(answer.cursor);
      until = asked - Number(answer.age_ms) + LEASE;
    }
  }
  return leaseLeft;
}

function percentile({ milliseconds }: Phase, quantile: number): number {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * quantile));
  return Number((sorted[at] ?? Number.NaN).toFixed(1));
}

await runAndExit(() => withPostgres(main));
