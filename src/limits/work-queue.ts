import { RetryLaterError } from '../errors.ts';

/** Order in which waiting work is served. */
export const PRIORITIES = ['trusted', 'stranger', 'import'] as const;

/** One of them. */
export type Priority = (typeof PRIORITIES)[number];

/** Runs expensive work, a bounded number at once. */
export interface WorkQueue {
  /** @throws RetryLaterError `unavailable` if too much work of this priority waits */
  run<T>(priority: Priority, work: () => Promise<T>): Promise<T>;
  /** @throws RetryLaterError as `run` would, before other work is done in vain */
  assertRoom(priority: Priority): void;
  /** Number of jobs of this priority that wait for their turn. */
  waiting(priority: Priority): number;
}

/** Seconds after which a refused client may try again. */
const RETRY_SECONDS = 5;

/**
 * Jobs that may wait, per job that runs. Imports are started by operators and wait for each of their
 * jobs, so their number is bounded already.
 */
const WAITING: Readonly<Record<Priority, number>> = {
  trusted: 200,
  stranger: 30,
  import: Infinity,
};

/** Milliseconds after which a waiting import is served next, so that a flood does not stop it. */
const IMPORT_PATIENCE = 1000;

interface Job {
  readonly since: number;
  readonly start: () => void;
}

/**
 * Makes a queue that runs `atOnce` jobs at once and starts waiting ones by priority.
 * @param refused called for each job that is refused
 */
export function createWorkQueue(atOnce: number, refused: () => void): WorkQueue {
  const queues = new Map(PRIORITIES.map((priority) => [priority, [] as Job[]]));
  let running = 0;
  const waiting = (priority: Priority) => queues.get(priority)?.length ?? 0;
  const assertRoom = (priority: Priority) => {
    if (running >= atOnce && waiting(priority) >= WAITING[priority] * atOnce) {
      refused();
      throw new RetryLaterError(
        'unavailable',
        'Too many passwords are being checked.',
        RETRY_SECONDS,
      );
    }
  };
  const next = (): Job | undefined => {
    const [oldestImport] = queues.get('import') ?? [];
    if (oldestImport !== undefined && performance.now() - oldestImport.since > IMPORT_PATIENCE) {
      return queues.get('import')?.shift();
    }
    return PRIORITIES.map((priority) => queues.get(priority))
      .find((queue) => queue?.length)
      ?.shift();
  };
  return {
    waiting,
    assertRoom,
    run: async (priority, work) => {
      assertRoom(priority);
      if (running >= atOnce) {
        const { promise, resolve } = Promise.withResolvers<void>();
        queues.get(priority)?.push({ since: performance.now(), start: resolve });
        // Whoever ends hands its place over, so `running` stays.
        await promise;
      } else {
        running += 1;
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
  };
}
