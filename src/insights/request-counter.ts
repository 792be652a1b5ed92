import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { addRequestCounts, type NewRequestCount } from './request-count-store.ts';
import { NO_REQUESTS, type RequestCounts } from './statistics.ts';

/** Counts requests of applications. */
export interface RequestCounter {
  /** Counts a request: it neither waits for the database nor throws. */
  add(clientId: string, kind: keyof RequestCounts): void;
  /** Writes the counts so far; this also happens once a second. */
  flush(): Promise<void>;
  /** Ends the timer and writes the counts. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const SECOND = 1_000;
/** Milliseconds for which a process that ends waits for the database. */
const LAST_TRY = 2_000;
/** Clients that are counted between two writes: a failed request may name any client. */
const CLIENTS = 10_000;

/**
 * Starts a counter. Counts are added up in this process and written together, so that no request
 * waits for a row that all requests of its application update. While the database is unreachable they
 * are kept; a process that is killed loses those of a second.
 */
export function startRequestCounter(db: Db, log: Pick<Logger, 'warn'>): RequestCounter {
  let counts = new Map<string, NewRequestCount>();
  let running: Promise<void> | undefined;
  const countOf = (clientId: string) => {
    const known = counts.get(clientId) ?? { clientId, ...NO_REQUESTS };
    if (counts.size < CLIENTS) {
      counts.set(clientId, known);
    }
    return known;
  };
  const write = async () => {
    const written = counts;
    counts = new Map();
    try {
      await addRequestCounts(db, [...written.values()]);
    } catch (err) {
      for (const { clientId, ...lost } of written.values()) {
        const count = countOf(clientId);
        count.issued += lost.issued;
        count.refreshed += lost.refreshed;
        count.failed += lost.failed;
        count.refreshFailed += lost.refreshFailed;
        count.apiCalls += lost.apiCalls;
      }
      log.warn({ err }, 'Request counts of applications not written; retrying in a second');
    }
  };
  const flush = () => {
    if (counts.size > 0) {
      running ??= write().finally(() => {
        running = undefined;
      });
    }
    return running ?? Promise.resolve();
  };
  const timer = setInterval(flush, SECOND).unref();
  return {
    add: (clientId, kind) => {
      countOf(clientId)[kind] += 1;
    },
    flush,
    stop: async () => {
      clearInterval(timer);
      const waited = new Promise((resolve) => setTimeout(resolve, LAST_TRY).unref());
      await Promise.race([flush().then(flush), waited]);
    },
  };
}
