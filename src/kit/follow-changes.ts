import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadChanges } from './changes.ts';
import { LEASE } from './dated.ts';
import { LONG_AGO, later, type Moment, now } from './moment.ts';

/** Milliseconds without a request after which the feed is not read any more. */
const IDLE = 2_000;
/** Shortest time from one reading to the next. */
const INTERVAL = 50;
/** Pauses after failures. */
const PAUSE = { first: 50, longest: 1_000 };

/** The changes feed, which one loop of this process reads. */
export interface FollowedChanges {
  /**
   * Returns until when all answers in memory may be used. Keeps the loop running, or starts it: it
   * ends when no request comes for two seconds.
   */
  lease(): Moment;
}

/**
 * Reads the changes feed in a loop.
 * @param apply removes answers from memory. It is called before the lease is extended.
 * @param onFailure called for the first failure in a row
 */
export function followChanges(
  readChanges: ReadChanges,
  apply: (changes: readonly string[]) => void,
  onFailure: (error: unknown) => void,
): FollowedChanges {
  let cursor = '';
  let lease = LONG_AGO;
  let usedAt = 0;
  let isRunning = false;

  const read = async () => {
    // The server has read the feed after `asked` - `age`, whatever the clocks of both say.
    const asked = now();
    const { changes, cursor: next, age } = await readChanges(cursor);
    apply(changes);
    cursor = next;
    const until = later(asked, LEASE - age);
    lease = until.monotonic > lease.monotonic ? until : lease;
  };
  const run = async () => {
    let pause = 0;
    while (performance.now() - usedAt < IDLE) {
      const begun = performance.now();
      try {
        await read();
        pause = 0;
      } catch (error) {
        if (pause === 0) {
          onFailure(error);
        }
        pause = Math.min(PAUSE.longest, pause * 2 || PAUSE.first);
      }
      const rest = Math.max(pause, begun + INTERVAL - performance.now());
      if (rest > 0) {
        await sleep(rest, undefined, { ref: false });
      }
    }
    isRunning = false;
  };
  return {
    lease: () => {
      usedAt = performance.now();
      if (!isRunning) {
        isRunning = true;
        void run();
      }
      return lease;
    },
  };
}
