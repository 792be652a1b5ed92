import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withPostgres } from '../bench/with-postgres.ts';
import { type Delays, type Fault, withSite } from '../support/changes/measure-delay.ts';
import { type PostgresPair, startPostgresPair } from '../support/postgres-pair.ts';

/** `REVOCATIONS=10000` is the full measurement, with four API processes and longer faults. */
const REVOCATIONS = Number(process.env.REVOCATIONS ?? 200);
const IS_FULL = REVOCATIONS > 1_000;
const BATCH = IS_FULL ? 200 : 40;
const LENGTH = IS_FULL ? 3_000 : 1_500;
const HOUR = 3_600_000;

const FAULTS: readonly (Fault | undefined)[] = [
  undefined,
  {
    name: 'API process stopped, clocks set forward',
    milliseconds: LENGTH,
    begin: ({ apis: [api, ...others] }) => {
      api?.signal('SIGSTOP');
      for (const other of others) {
        other.setClock(HOUR);
      }
    },
    end: ({ apis: [api] }) => api?.signal('SIGCONT'),
  },
  {
    name: 'link stalled, clocks set back',
    milliseconds: LENGTH,
    begin: ({ link, apis }) => {
      link.stall();
      for (const api of apis) {
        api.setClock(-2 * HOUR);
      }
    },
    end: ({ link }) => link.restore(),
  },
  {
    name: 'link cut',
    milliseconds: LENGTH,
    begin: ({ link }) => link.cut(),
    end: ({ link }) => link.restore(),
  },
  {
    name: 'server process stopped',
    milliseconds: LENGTH,
    begin: ({ servers: [server] }) => server.signal('SIGSTOP'),
    end: ({ servers: [server] }) => server.signal('SIGCONT'),
  },
  {
    name: 'server process killed',
    milliseconds: 100,
    begin: ({ servers: [server] }) => server.kill(),
    end: ({ servers: [server] }) => server.start(),
  },
];

/** Ends a connection of PostgreSQL by SIGKILL: it ends all others and recovers. */
const CRASH: Fault = {
  name: 'PostgreSQL crashed',
  milliseconds: LENGTH,
  begin: async ({ servers: [server] }) => {
    const client = new pg.Client({ connectionString: server.databaseUrl });
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    process.kill(rows[0].pid, 'SIGKILL');
  },
  end: () => {},
};

/** A PostgreSQL of its own may crash. */
const withDatabase = IS_FULL
  ? (work: () => Promise<void>) => withPostgres(work, 'durable')
  : (work: () => Promise<void>) => work();
const faults = IS_FULL ? [...FAULTS, CRASH] : FAULTS;

describe('Time from an answered revocation to the last request that is let in', () => {
  it(`is at most a second, in ${REVOCATIONS} revocations with faults`, async () => {
    const results: Delays[] = [];
    await withDatabase(() =>
      withSite({ apis: IS_FULL ? 4 : 2 }, async ({ measure }) => {
        for (let count = 0; count < REVOCATIONS; count += BATCH) {
          results.push(await measure(BATCH, faults[results.length % faults.length]));
          if (IS_FULL) {
            report(results);
          }
        }
      }),
    );
    assertShort(results, REVOCATIONS);
  });

  it('is at most a second while PostgreSQL fails over to a standby, and all has changed then', async () => {
    const results: Delays[] = [];
    let pair: PostgresPair | undefined;
    const startPair = async (folder: string) => {
      pair = await startPostgresPair(folder);
      return pair;
    };
    const failOver = () => pair?.failOver() ?? Promise.resolve();
    // One server reaches the pair by an address that moves, the other by the addresses of both.
    const secondDatabase = (url: string) => pair?.withBothServers(url) ?? url;
    await withPostgres(
      () =>
        withSite({ apis: 2, secondDatabase }, async ({ measure, changesAfter }) => {
          const { cursor } = await changesAfter();
          assert.doesNotMatch(String((await changesAfter(cursor)).changes), /all/);
          results.push(await measure(40, failoverFault(failOver)));
          assert.deepEqual((await changesAfter(cursor)).changes, ['all']);
          results.push(await measure(20, undefined));
        }),
      startPair,
    );
    assertShort(results, 60);
  });
});

/** Begins while revocations are under way; ends when the standby is the primary. */
function failoverFault(failOver: () => Promise<void>): Fault {
  let done: Promise<void>;
  return {
    name: 'PostgreSQL failed over',
    milliseconds: 500,
    begin: () => {
      done = sleep(200).then(failOver);
    },
    end: () => done,
  };
}

/** Prints the number of revocations and the largest delay. */
function report(results: readonly Delays[]): { answered: number; worst: Delays } {
  const worst = results.reduce((a, b) => (b.largest > a.largest ? b : a));
  const answered = results.reduce((sum, one) => sum + one.answered, 0);
  console.log(`${answered} revocations; ${Math.round(worst.largest)} ms: ${worst.what}`);
  return { answered, worst };
}

function assertShort(results: readonly Delays[], revocations: number): void {
  const { answered, worst } = report(results);
  assert.ok(worst.largest <= 1_000, `${worst.largest} ms: ${worst.what}`);
  assert.ok(answered > 0.8 * revocations, `${answered} answered`);
}
