import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import pg from 'pg';
import { assertRows } from '../model/assert-rows.ts';
import { whyNoHaproxy } from '../support/haproxy.ts';
import { whyNoPreviousRelease } from '../support/previous-release.ts';
import { checkDead, checkLive, refreshChain, type Soak } from './chains.ts';
import { type FaultReport, makeFaults } from './faults.ts';
import { createLedger, createRandom, type Ledger, type Say } from './ledger.ts';
import { ACTIONS, startLoad } from './load.ts';
import { type Delays, keepRevoking, REVOCATIONS } from './revocations.ts';
import { type Site, withSite } from './site.ts';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
/** Milliseconds beyond the duration for start, checks and end. */
const MARGIN = 30 * 60_000;
/** Requests at the same time in the checks at the end. */
const PARALLEL = 8;
const FAILED = 'a request failed after the end of all faults';

describe('Load, crashes, restarts, a failover and an upgrade together', {
  skip: whyNoHaproxy || whyNoPreviousRelease,
}, () => {
  it(`loses and revives nothing in ${MINUTES} minutes`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stagedoor-soak-'));
    const begin = performance.now();
    const say: Say = (line) => {
      const seconds = Math.round((performance.now() - begin) / 1000);
      console.log(`${String(seconds).padStart(5)} s  ${line}`);
    };
    say(`SOAK_SEED=${SEED} SOAK_MINUTES=${MINUTES}`);
    const ledger = createLedger(say);
    try {
      const seconds = (MINUTES * 60_000 + MARGIN) / 1000;
      await withSite(folder, { seconds, ledger }, (site) => run(site, ledger, say));
    } finally {
      ledger.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
    const { violations } = ledger;
    assert.equal(violations.length, 0, violations.slice(0, 20).join('\n'));
  });
});

async function run(site: Site, ledger: Ledger, say: Say): Promise<void> {
  const memory = () => site.servers.map((server) => server.memory().join(' + ')).join(', ');
  const state = { isOver: false, isAborted: false };
  const chains = { idle: [], dead: [], ended: [] };
  const soak: Soak = {
    site,
    ledger,
    chains,
    random: createRandom(SEED + 1),
    isOver: () => state.isOver,
    isAborted: () => state.isAborted,
  };
  const delays: Delays = { milliseconds: Number.NEGATIVE_INFINITY, what: '', seen: 0 };
  try {
    const load = await startLoad(soak);
    const before = memory();
    say(`load begins; memory in MB, supervisor + workers: ${before}`);
    const revoking = keepRevoking(soak, load, delays);
    // Awaited below; an error before that must not end the process.
    revoking.catch(() => undefined);
    const faults = await makeFaults(site, { ledger, say }, createRandom(SEED), MINUTES * 60_000);
    state.isOver = true;
    await revoking;
    await load.stop();
    const after = memory();
    const never = [...ACTIONS, ...REVOCATIONS].filter((name) => !ledger.actions[name]);
    say('load has ended; all tokens are checked');
    await checkAll(soak);
    report({ ledger, faults, delays, memory: { before, after } });
    assert.deepEqual(never, [], 'actions that never succeeded while the load ran');
  } finally {
    state.isAborted = true;
  }
}

/** Checks all tokens of the run, and what no response shows: the rows. */
async function checkAll(soak: Soak): Promise<void> {
  const { chains, site } = soak;
  const everyone = [...chains.idle];
  assert.ok(everyone.length > 0, 'no authorization is live at the end');
  const allLive = () =>
    inParallel(everyone, async (chain) => assert.ok(await checkLive(soak, chain), FAILED));
  await allLive();
  await inParallel(everyone, (chain) => refreshChain(soak, chain));
  await allLive();
  await inParallel(chains.dead, async (dead) => assert.ok(await checkDead(soak, dead), FAILED));
  const database = new pg.Client({ connectionString: site.databaseUrl });
  await database.connect();
  const application = { application: site.application, enabled: true };
  await assertRows(database, [{ ...application, suspended: false, deleted: false }]);
  await database.end();
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) {
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

interface Results {
  readonly ledger: Ledger;
  readonly faults: Readonly<Record<string, FaultReport>>;
  readonly delays: Delays;
  readonly memory: { readonly before: string; readonly after: string };
}

function report({ ledger, faults, delays, memory }: Results): void {
  const requests = Object.values(ledger.answers).reduce((sum, one) => sum + one, 0);
  const delay = Math.round(delays.milliseconds);
  console.log(`Requests: ${requests}`, ledger.answers);
  console.log('Actions:', ledger.actions);
  console.log(`Effect of a revocation at an API service: ${delay} ms at most (${delays.what}),`);
  console.log(`${delays.seen} times a token had been let in before.`);
  console.log(`Memory in MB, supervisor + workers: ${memory.before}; at the end ${memory.after}`);
  console.table(faults);
  console.log(`Violations: ${ledger.violations.length}`);
}
