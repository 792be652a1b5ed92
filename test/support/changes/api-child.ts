import { setTimeout as sleep } from 'node:timers/promises';
import { createResourceServer, RefusedError } from '@stagedoor/resource-server';
import type { ApiMessage, ApiReport, ApiSettings } from './api-process.ts';

/*
 * An API service in a separate process. It verifies each token that it watches every few milliseconds,
 * and records when a request with it was last let in.
 */

/** Milliseconds. */
const INTERVAL = 20;
/** Requests at the same time. */
const PARALLEL = 8;

/** Milliseconds of the clock that all processes of this machine share. */
const sharedClock = () => Number(process.hrtime.bigint()) / 1e6;
const { now } = performance;
const offset = sharedClock() - now.call(performance);
/** The time at which the kit last looked at its clock: it decides by that. */
let looked = 0;
performance.now = () => {
  looked = now.call(performance);
  return looked;
};

const settings: ApiSettings = JSON.parse(process.argv[2] ?? '');
let fromMemory = false;
let underWay = 0;
const kit = createResourceServer({
  ...settings,
  cache: {
    entries: 10_000,
    onAnswer: ({ origin }) => {
      fromMemory = origin === 'memory';
    },
  },
  onUnavailable: () => undefined,
});
interface State {
  lastAdmitted: number;
  firstRefused: number | null;
  hits: number;
  isBusy: boolean;
}
const watched = new Map<string, State>();

async function verify(token: string): Promise<void> {
  const state = watched.get(token);
  if (state === undefined || state.isBusy) {
    return;
  }
  state.isBusy = true;
  underWay += 1;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const requirement = { organizer: 'redstage', permission: 'can_view_orders' };
    await kit.verify({ method: 'GET', headers }, requirement);
    state.lastAdmitted = looked + offset;
    state.hits += fromMemory ? 1 : 0;
  } catch (error) {
    if (error instanceof RefusedError && error.code !== 'unavailable') {
      state.firstRefused ??= looked + offset;
    }
  } finally {
    state.isBusy = false;
    underWay -= 1;
  }
}

async function verifyAll(): Promise<void> {
  for (;;) {
    for (const token of watched.keys()) {
      void verify(token);
      while (underWay >= PARALLEL) {
        // Longer than `setImmediate`, which would take the CPU time of the servers.
        await sleep(1);
      }
    }
    await sleep(INTERVAL);
  }
}
void verifyAll();

process.on('message', (message: ApiMessage) => {
  if (message.kind === 'watch') {
    watched.clear();
    for (const token of message.tokens) {
      watched.set(token, { lastAdmitted: 0, firstRefused: null, hits: 0, isBusy: false });
    }
  } else if (message.kind === 'clock') {
    const wall = Date.now;
    Date.now = () => wall() + message.milliseconds;
  } else {
    const report: ApiReport = [...watched].map(([token, { isBusy: _, ...state }]) => ({
      token,
      ...state,
    }));
    process.send?.(report);
  }
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
