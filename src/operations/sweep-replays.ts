import type { Db } from '../db/database.ts';
import { atMost } from '../lib/at-most.ts';
import type { Logger } from '../lib/log.ts';
import { deleteExpiredReplays } from '../tokens/replay-store.ts';

/** Milliseconds. */
const INTERVAL = 5_000;
/** Milliseconds that a stop waits for a statement. */
const STOP_LIMIT = 2_000;

/**
 * Deletes encrypted tokens whose time for retries has ended, every few seconds. Any number of
 * processes may do so.
 * @returns a function that stops it
 */
export function startReplaySweep(db: Db, log: Logger): () => Promise<void> {
  let failed = false;
  const sweep = async () => {
    try {
      await deleteExpiredReplays(db);
      failed = false;
    } catch (err) {
      if (!failed) {
        log.warn({ err }, 'Expired responses to refreshes not deleted; retrying every few seconds');
      }
      failed = true;
    }
  };
  let running = sweep();
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, INTERVAL);
  return async () => {
    clearInterval(timer);
    await atMost(STOP_LIMIT, running);
  };
}
