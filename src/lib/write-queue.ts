import { withoutRequester } from './requester.ts';

/** Rows that are written in the background. */
export interface WriteQueue<T> {
  /**
   * Takes an entry and returns at once: it neither waits for the database nor throws. Returns false
   * if the entry was dropped.
   */
  add(entry: T): boolean;
  /** Writes the rest, as far as the database takes it within two seconds. */
  stop(): Promise<void>;
}

/** Entries that wait at most; more are dropped. */
const CAPACITY = 1000;
const BATCH = 200;
/** Milliseconds. */
const DELAY = 500;
const RETRY_DELAY = 5000;
const LAST_TRY = 2000;
/** Tries of one batch, so that one that can't be written does not stay in the way. */
const TRIES = 3;

/**
 * Writes entries in batches, outside of the requests that they are about: such a transaction may
 * roll back, and nothing of the request may depend on the entry.
 * @param lost called with a batch that could not be written
 */
export function startWriteQueue<T>(
  write: (batch: readonly T[]) => Promise<void>,
  lost: (error: unknown, count: number) => void,
): WriteQueue<T> {
  const waiting: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;
  let stopped = false;

  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      try {
        await write(batch);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures < TRIES) {
          return schedule(RETRY_DELAY);
        }
        failures = 0;
        lost(error, batch.length);
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
      timer = withoutRequester(() => setTimeout(run, delay).unref());
    }
  };

  return {
    add: (entry) => {
      if (stopped || waiting.length >= CAPACITY) {
        return false;
      }
      waiting.push(entry);
      schedule(DELAY);
      return true;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.race([last(run), giveUp()]);
    },
  };
}

/** A run in progress may have missed the newest entries. */
async function last(run: () => Promise<void>): Promise<void> {
  await run();
  await run();
}

function giveUp(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LAST_TRY).unref());
}
