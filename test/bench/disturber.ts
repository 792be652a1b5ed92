import { once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { createResourceServer } from '@stagedoor/resource-server';
import pg from 'pg';
import { BULK } from '../support/bulk.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { OPERATOR_TOKEN } from '../support/server-environment.ts';
import { basic } from '../support/tokens.ts';
import { findForm, UserAgent } from '../support/user-agent.ts';
import { tokenOf } from './data.ts';
import { requestStatus } from './request-status.ts';

/** Load that must not disturb introspection, by its description. */
export const DISTURBANCES = {
  '3,000 refreshes at once': 'refreshes',
  'a locked grant, refreshed by 12': 'locked',
  'import of users': 'import',
  '100 sign-ins per second': 'sign-ins',
  '8 kits without memory': 'kits',
} as const;

/** Kind of load. */
export type Disturbance = (typeof DISTURBANCES)[keyof typeof DISTURBANCES];

/** Input of the thread. */
export interface DisturberData {
  readonly disturbance: Disturbance;
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly application: ClientCredentials;
  readonly resourceServer: ClientCredentials;
  /** 0 or 1: another round uses other tokens and users. */
  readonly round: number;
  /** Password of the first users. */
  readonly password: string;
}

const FORM = 'application/x-www-form-urlencoded';
const SIGN_INS_PER_SECOND = 100;
const KITS = 8;
/** Requests of one kit at the same time. */
const PER_KIT = 100;

/** Number of answers by status. */
type Answers = Record<string, number>;
type Run = (data: DisturberData, answers: Answers, signal: AbortSignal) => Promise<void>;

function count(answers: Answers, status: number | string): void {
  answers[status] = (answers[status] ?? 0) + 1;
}

function refresh({ issuer, application }: DisturberData, agent: Agent, grant: number) {
  return requestStatus(agent, {
    url: `${issuer}/api/v1/oauth/token`,
    headers: {
      authorization: basic(application.clientId, application.clientSecret ?? ''),
      'content-type': FORM,
    },
    body: `grant_type=refresh_token&refresh_token=${tokenOf('sdr', grant)}`,
  }).catch(() => 0);
}

const refreshes: Run = async (data, answers) => {
  const agent = new Agent({ maxSockets: 3_000 });
  await Promise.all(
    Array.from({ length: 3_000 }, async (_, n) =>
      count(answers, await refresh(data, agent, 3_000 * data.round + n)),
    ),
  );
};

const locked: Run = async (data, answers, signal) => {
  const database = new pg.Client({ connectionString: data.databaseUrl });
  await database.connect();
  await database.query(`begin; select from grants where id = 'grant-10000' for update`);
  const agent = new Agent({ keepAlive: true });
  const repeat = async () => {
    while (!signal.aborted) {
      count(answers, await refresh(data, agent, 10_000));
    }
  };
  await Promise.all(Array.from({ length: 12 }, repeat));
  await database.end();
};

const importUsers: Run = async ({ issuer, round }, answers, signal) => {
  for (let batch = 0; !signal.aborted; batch += 1) {
    const lines = Array.from({ length: 1_000 }, (_, n) => {
      const id = `imported-${round}-${batch}-${n}`;
      return JSON.stringify({ user: { id, email: `${id}@example.com`, full_name: id } });
    });
    const response = await fetch(new URL(BULK, issuer), {
      method: 'POST',
      headers: { authorization: `Token ${OPERATOR_TOKEN}`, 'content-type': 'application/jsonl' },
      body: lines.join('\n'),
    });
    await response.text();
    count(answers, `${response.status}, 1,000 users`);
  }
};

const signIns: Run = async ({ issuer, password, round }, answers, signal) => {
  const browser = new UserAgent({ issuer });
  const { fields } = findForm(await browser.get('/login'), ['email', 'password']);
  const hidden = fields.filter(({ name }) => !['email', 'password'].includes(name));
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  const cookie = browser.cookies.header(new URL('/login', issuer));
  const signIn = async (n: number) => {
    const email = `user-${2_500 * round + n}@example.com`;
    const form = new URLSearchParams({ email, password });
    for (const { name, value } of hidden) {
      form.append(name, value);
    }
    const address = `10.${(n >> 8) & 0xff}.${n & 0xff}.${round + 1}`;
    const status = await requestStatus(agent, {
      url: `${issuer}/login`,
      headers: { 'content-type': FORM, origin: issuer, cookie, 'x-forwarded-for': address },
      body: form.toString(),
    }).catch(() => 0);
    count(answers, status);
  };
  const start = performance.now();
  const all: Promise<void>[] = [];
  for (let n = 0; !signal.aborted; n += 1) {
    await sleep(Math.max(0, start + (n * 1000) / SIGN_INS_PER_SECOND - performance.now()));
    all.push(signIn(n));
  }
  await Promise.all(all);
};

/** API processes that know no token: each request asks the server. */
const kits: Run = async ({ issuer, resourceServer }, answers, signal) => {
  const { clientId, clientSecret = '' } = resourceServer;
  let next = 0;
  const request = async (kit: ReturnType<typeof createResourceServer>) => {
    while (!signal.aborted) {
      next += 1;
      const authorization = `Bearer ${tokenOf('sda', 15_000 + (next % 20_000))}`;
      await kit.verify({ method: 'GET', headers: { authorization } }).then(
        () => count(answers, 'accepted'),
        () => count(answers, 'refused'),
      );
    }
  };
  await Promise.all(
    Array.from({ length: KITS }, async () => {
      const onAnswer = ({ origin }: { origin: string }) => count(answers, `from ${origin}`);
      const cache = { entries: 10, onAnswer };
      const onUnavailable = () => undefined;
      const kit = createResourceServer({ issuer, clientId, clientSecret, cache, onUnavailable });
      await Promise.all(Array.from({ length: PER_KIT }, () => request(kit)));
    }),
  );
};

const RUNS: Readonly<Record<Disturbance, Run>> = {
  refreshes,
  locked,
  import: importUsers,
  'sign-ins': signIns,
  kits,
};

async function main(): Promise<void> {
  const data: DisturberData = workerData;
  const stop = new AbortController();
  parentPort?.postMessage('ready');
  if (parentPort !== null) {
    await once(parentPort, 'message');
    parentPort.once('message', () => stop.abort());
  }
  const answers: Answers = {};
  await RUNS[data.disturbance](data, answers, stop.signal);
  parentPort?.postMessage(answers);
}

if (!isMainThread) {
  await main();
}
