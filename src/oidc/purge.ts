import type { Db } from '../db/database.ts';
import { purgeClientErrors } from '../insights/purge.ts';
import type { Logger } from '../log.ts';
import { purgeTokens } from '../tokens/purge.ts';
import { deleteOverInteractions, deleteOverSessions } from './store.ts';

/** Milliseconds. */
const INTERVAL = 3_600_000;

/**
 * Deletes what has been over for long enough that nobody asks for it any more, at the start and
 * then every hour. Any number of processes may do so.
 * @returns what stops it
 */
export function startPurge(db: Db, log: Logger): () => Promise<void> {
  const purge = async () => {
    try {
      await purgeTokens(db);
      await deleteOverSessions(db);
      await deleteOverInteractions(db);
      await purgeClientErrors(db);
    } catch (err) {
      log.warn({ err }, 'Old rows could not be deleted; the next try is in an hour.');
    }
  };
  let running = purge();
  const timer = setInterval(() => {
    running = purge();
  }, INTERVAL);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
