import { CLOCK_TOLERANCE, measureClock } from '../db/clock.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { withTimeout } from './with-timeout.ts';

/** Dependencies of the readiness. */
export interface ReadinessDeps {
  readonly database: Database;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds of a monotonic clock, for tests. */
  readonly now?: () => number;
}

/** Reason why requests would fail or get wrong answers. */
interface Obstacle {
  readonly kind: 'database' | 'clock';
  readonly detail: string;
}

/** Milliseconds to wait for the database. */
const PING_LIMIT = 2_000;
/** Milliseconds between two lines in the log, if the state changes at each probe. */
const LOG_INTERVAL = 10_000;
/** Milliseconds between two looks of the server itself. */
const LOOK = 60_000;

/**
 * Creates a function that returns the reason why the server is not ready; undefined if it is ready. Logs a
 * change once. Any number of probes at the same time ask the database once.
 */
export function createReadiness(deps: ReadinessDeps): () => Promise<string | undefined> {
  const note = logChanges(deps);
  let asking: Promise<string | undefined> | undefined;
  const ask = async () => {
    const obstacle = obstacleOf(await withTimeout(PING_LIMIT, () => measureClock(deps.database)));
    note(obstacle);
    return obstacle?.detail;
  };
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

/**
 * Looks every minute if the server is ready, so that the log says if it is not where no load balancer asks.
 * @returns a function that stops it
 */
export function watchReadiness(findObstacle: () => Promise<unknown>): () => Promise<void> {
  const timer = setInterval(() => void findObstacle(), LOOK);
  return async () => clearInterval(timer);
}

function obstacleOf(ahead: number | undefined): Obstacle | undefined {
  if (ahead === undefined) {
    return { kind: 'database', detail: 'database unreachable' };
  }
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return Math.abs(ahead) > CLOCK_TOLERANCE
    ? { kind: 'clock', detail: `the clock of the database differs by ${seconds} s` }
    : undefined;
}

/** Logs a state that differs from the last one in the log; within the interval, a later probe does. */
function logChanges({ log, now = () => performance.now() }: ReadinessDeps) {
  let logged: Obstacle['kind'] | undefined;
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (obstacle: Obstacle | undefined): void => {
    if (obstacle?.kind === logged || now() - loggedAt < LOG_INTERVAL) {
      return;
    }
    logged = obstacle?.kind;
    loggedAt = now();
    if (obstacle === undefined) {
      log.info('Server is ready again');
    } else {
      log.warn({ reason: obstacle.detail }, 'Server is not ready');
    }
  };
}
