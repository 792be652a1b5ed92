import type { Db } from '../db/database.ts';
import { compactListChanges } from '../db/list-changes.ts';
import type { Logger } from '../lib/log.ts';

/** Milliseconds. */
const INTERVAL = 60_000;

/**
 * Draws the rows that say how long the lists of the API are together, at the start and then every
 * minute, so that counting stays fast. Any number of processes may do so.
 * @returns what stops it
 */
export function startCounterCompaction(db: Db, log: Logger): () => Promise<void> {
  const draw = () =>
    compactListChanges(db).catch((err: unknown) => {
      log.warn({ err }, 'List counters not compacted; counting gets slower');
    });
  let running = draw();
  const timer = setInterval(() => {
    running = running.then(draw);
  }, INTERVAL);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
