import { RetryLaterError } from './errors.ts';

/** Order in which waiting work is served. */
export const PRIORITIES = ['trusted', 'stranger', 'import'] as const;

/** One of them. */
export type Priority = (typeof PRIORITIES)[number];

/** Runs expensive work, a bounded number of jobs at once. */
export interface WorkQueue {
  /**
   * Takes a place for a request that is going to run a job, before it causes any other work.
   * @returns gives the place back, once the request is answered
   * @throws RetryLaterError `unavailable` if all places of this priority are taken
   */
  enter(priority: Priority): () => void;
  /** Runs a job when it is its turn. */
  run<T>(priority: Priority, work: () => Promise<T>): Promise<T>;
  /** Number of jobs of this priority that wait for their turn. */
  waiting(priority: Priority): number;
}

/** Seconds after which a refused client may try again. */
const RETRY_SECONDS = 5;

/** Requests that may be in progress, per job that runs at once. */
const PLACES: Readonly<Record<Priority, number>> = { trusted: 200, stranger: 30, import: 30 };

/** Milliseconds after which a waiting import is served next, so that a flood does not stop it. */
const IMPORT_PATIENCE = 1000;

interface Job {
  readonly since: number;
  readonly start: () => void;
}

/**
 * Makes a queue that runs `atOnce` jobs at once and starts waiting ones by priority.
 * @param refused called for each request that finds no place
 */
export function createWorkQueue(atOnce: number, refused: () => void): WorkQueue {
  const entered = { trusted: 0, stranger: 0, import: 0 };
  const queues: Readonly<Record<Priority, Job[]>> = { trusted: [], stranger: [], import: [] };
  let running = 0;
  const next = (): Job | undefined => {
    const [oldestImport] = queues.import;
    const overdue =
      oldestImport !== undefined && performance.now() - oldestImport.since > IMPORT_PATIENCE;
    const order = overdue ? (['import'] as const) : PRIORITIES;
    const priority = order.find((one) => queues[one].length > 0);
    return priority && queues[priority].shift();
  };
  return {
    enter: (priority) => {
      if (entered[priority] >= PLACES[priority] * atOnce) {
        refused();
        const message = 'Too many passwords are being checked.';
        throw new RetryLaterError('unavailable', message, RETRY_SECONDS);
      }
      entered[priority] += 1;
      return () => {
        entered[priority] -= 1;
      };
    },
    run: async (priority, work) => {
      if (running < atOnce) {
        running += 1;
      } else {
        // Started by a job that ends and hands its turn over, so `running` stays.
        const { promise, resolve } = Promise.withResolvers<void>();
        queues[priority].push({ since: performance.now(), start: resolve });
        await promise;
      }
      try {
        return await work();
      } finally {
        const job = next();
        if (job === undefined) {
          running -= 1;
        } else {
          job.start();
        }
      }
    },
    waiting: (priority) => queues[priority].length,
  };
}
