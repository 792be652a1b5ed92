import type { Db } from '../db/database.ts';
import type { Logger } from '../log.ts';
import type { NewClientError } from './client-error.ts';
import { insertClientErrors } from './store.ts';

/** Where failed requests are put down. */
export interface ErrorQueue {
  /** Takes note, and returns at once: it neither waits for the database nor throws. */
  add(entry: NewClientError): void;
  /** Writes what is left, as far as the database takes it within a short while. */
  stop(): Promise<void>;
}

/** Entries that wait at most; more are dropped. */
const CAPACITY = 1000;
/** Entries of one application a minute: nobody fills the table, or crowds out the others. */
const PER_MINUTE = 60;
const BATCH = 200;
/** Milliseconds. */
const DELAY = 500;
const RETRY_DELAY = 5000;
const MINUTE = 60_000;
const LAST_TRY = 2000;
/** Tries of one batch, so that one that can't be written does not stay in the way. */
const TRIES = 3;

/**
 * Writes failed requests in the background, with a connection of its own. Never in the request's
 * transaction: that may roll back, and nothing of the request may depend on this.
 */
export function startErrorQueue(db: Db, log: Logger): ErrorQueue {
  const waiting: NewClientError[] = [];
  const admits = perMinute(PER_MINUTE);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;
  let stopped = false;

  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      try {
        await insertClientErrors(db, batch);
        failures = 0;
      } catch (err) {
        failures += 1;
        if (failures < TRIES) {
          return schedule(RETRY_DELAY);
        }
        failures = 0;
        log.warn({ err, count: batch.length }, 'Failed requests of applications were not noted.');
      }
      waiting.splice(0, batch.length);
    }
  };
  const run = () => {
    timer = undefined;
    running ??= flush().finally(() => {
      running = undefined;
    });
    return running;
  };
  const schedule = (delay: number) => {
    if (!stopped && timer === undefined) {
      timer = setTimeout(run, delay).unref();
    }
  };

  return {
    add: (entry) => {
      if (!stopped && waiting.length < CAPACITY && admits(entry.clientId)) {
        waiting.push(entry);
        schedule(DELAY);
      }
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.race([last(run), giveUp()]);
    },
  };
}

/** What is running may have missed what came last. */
async function last(run: () => Promise<void>): Promise<void> {
  await run();
  await run();
}

function giveUp(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LAST_TRY).unref());
}

/** Whether one more of this application is taken; the count starts anew every minute. */
function perMinute(limit: number): (clientId: string) => boolean {
  let counts = new Map<string, number>();
  let started = 0;
  return (clientId) => {
    const now = Date.now();
    if (now - started >= MINUTE) {
      counts = new Map();
      started = now;
    }
    const count = (counts.get(clientId) ?? 0) + 1;
    counts.set(clientId, count);
    return count <= limit;
  };
}
