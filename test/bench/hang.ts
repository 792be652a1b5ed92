import { readdir, readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createPlatform } from '../support/factories.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { basic } from '../support/tokens.ts';
import { tokenOf } from './data.ts';
import { fillTables } from './fill-tables.ts';
import { startMeasured } from './measured-server.ts';
import { requestStatus } from './request-status.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

/** Refreshes per second; each is repeated until it succeeds. */
const RATE = Number(process.env.RATE ?? 40);
/** Milliseconds from a failure to the next attempt of the same client. */
const PAUSE = 1_000;
/** Seconds before, during and after the hang. */
const [BEFORE, HANG, AFTER] = [3, Number(process.env.SECONDS ?? 60), 20];

/**
 * Stops all processes of PostgreSQL for a minute while clients refresh and try again, and measures how long
 * responses of 503 go on after its return: `npm run bench:hang`.
 */
async function main(url: string): Promise<void> {
  const environment = await prepareEnvironment({ LOG_LEVEL: 'silent' });
  const server = await startMeasured('stagedoor-server.ts', environment.variables);
  try {
    const { issuer } = environment;
    const { application, ada } = await createPlatform({ issuer, operatorToken: OPERATOR_TOKEN });
    const filling = { clientId: application.clientId, passwordOf: ada.id, signingIn: [] };
    await fillTables(environment.variables.DATABASE_URL ?? '', filling);
    const clients = startClients(issuer, application);
    await sleep(BEFORE * 1000);
    // With the connections that the load has opened.
    const processes = await processesOf(url);
    const signal = (name: NodeJS.Signals) => {
      // The parent last: it would forget those that have ended meanwhile.
      for (const pid of processes.toReversed()) {
        process.kill(pid, name);
      }
    };
    signal('SIGSTOP');
    await sleep(HANG * 1000);
    signal('SIGCONT');
    const returned = performance.now();
    await sleep(AFTER * 1000);
    const { attempts, unfinished } = await clients.stop();
    const late = attempts.filter(({ at, status }) => at > returned && status !== 200);
    const last = Math.max(0, ...late.map(({ at }) => at - returned));
    const first = attempts.find(({ at, status }) => at > returned && status === 200);
    console.table({
      'attempts, failed': `${attempts.length}, ${attempts.filter(({ status }) => status !== 200).length}`,
      'failed after the return': late.length,
      'first success, ms after the return': Math.round((first?.at ?? Number.NaN) - returned),
      'last failure, ms after the return': Math.round(last),
      'clients without success': unfinished,
      statuses: [...new Set(attempts.map(({ status }) => status))].join(', '),
    });
  } finally {
    await server.stop();
    await environment.remove();
  }
}

interface Attempt {
  /** Time of the response. */
  readonly at: number;
  readonly status: number;
}

function startClients(issuer: string, { clientId, clientSecret = '' }: ClientCredentials) {
  const agent = new Agent({ keepAlive: true });
  const attempts: Attempt[] = [];
  let stopped = false;
  let unfinished = 0;
  const refresh = async (grant: number) => {
    unfinished += 1;
    while (!stopped) {
      const status = await requestStatus(agent, {
        url: `${issuer}/api/v1/oauth/token`,
        headers: {
          authorization: basic(clientId, clientSecret),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: `grant_type=refresh_token&refresh_token=${tokenOf('sdr', grant)}`,
      }).catch(() => 0);
      attempts.push({ at: performance.now(), status });
      if (status === 200) {
        unfinished -= 1;
        return;
      }
      await sleep(PAUSE);
    }
  };
  const all: Promise<void>[] = [];
  const start = performance.now();
  const arrivals = (async () => {
    for (let n = 0; !stopped; n += 1) {
      await sleep(Math.max(0, start + (n * 1000) / RATE - performance.now()));
      all.push(refresh(n));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await arrivals;
      await Promise.all(all);
      agent.destroy();
      return { attempts, unfinished };
    },
  };
}

/** Returns the IDs of PostgreSQL's processes; Linux only. */
async function processesOf(connectionString: string): Promise<number[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(
    `select current_setting('data_directory') as folder`,
  );
  await client.end();
  const file = await readFile(join(rows[0]?.folder ?? '', 'postmaster.pid'), 'utf8');
  const parent = Number.parseInt(file, 10);
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const children = await Promise.all(
    all.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(text) ? [Number(pid)] : [];
    }),
  );
  return [parent, ...children.flat()];
}

await runAndExit(() => withPostgres(main));
