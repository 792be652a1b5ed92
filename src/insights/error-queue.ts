import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { startWriteQueue, type WriteQueue } from '../lib/write-queue.ts';
import type { NewClientError } from './client-error.ts';
import type { RequestCounter } from './request-counter.ts';
import { insertClientErrors } from './store.ts';

/** Queue that records failed requests. */
export type ErrorQueue = WriteQueue<NewClientError>;

/** Entries of one application per minute, so that none can fill the table. */
const PER_MINUTE = 60;
/** Milliseconds. */
const MINUTE = 60_000;

/** Counts failed requests, and writes them in the background, with a connection of its own. */
export function startErrorQueue(
  db: Db,
  log: Logger,
  counter: Pick<RequestCounter, 'add'>,
): ErrorQueue {
  const admits = perMinute(PER_MINUTE);
  const queue = startWriteQueue<NewClientError>(
    (batch) => insertClientErrors(db, batch),
    (err, count) => log.warn({ err, count }, 'Failed requests of applications not recorded'),
  );
  return {
    add: (entry) => {
      counter.add(entry.clientId, 'failed');
      if (entry.isRefresh) {
        counter.add(entry.clientId, 'refreshFailed');
      }
      return admits(entry.clientId) && queue.add(entry);
    },
    stop: queue.stop,
  };
}

/** Returns a function that tests if one more entry of an application is accepted in this minute. */
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
