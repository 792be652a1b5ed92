import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { addTokenCounts, type NewTokenCount } from './token-count-store.ts';

/** Counts token responses of applications. */
export interface TokenCounter {
  /** Counts a response: it neither waits for the database nor throws. */
  add(clientId: string, kind: 'issued' | 'refreshed'): void;
  /** Writes the counts so far; this also happens once a second. */
  flush(): Promise<void>;
  /** Ends the timer and writes the counts. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const SECOND = 1_000;
/** Milliseconds for which a process that ends waits for the database. */
const LAST_TRY = 2_000;

/**
 * Starts a counter. Counts are added up in this process and written together, so that no token request
 * waits for a row that all requests of its application update. While the database is unreachable they
 * are kept; a process that is killed loses those of a second.
 */
export function startTokenCounter(db: Db, log: Pick<Logger, 'warn'>): TokenCounter {
  let counts = new Map<string, NewTokenCount>();
  let running: Promise<void> | undefined;
  const countOf = (clientId: string) => {
    const known = counts.get(clientId) ?? { clientId, issued: 0, refreshed: 0 };
    counts.set(clientId, known);
    return known;
  };
  const write = async () => {
    const written = counts;
    counts = new Map();
    try {
      await addTokenCounts(db, [...written.values()]);
    } catch (err) {
      for (const { clientId, issued, refreshed } of written.values()) {
        const count = countOf(clientId);
        count.issued += issued;
        count.refreshed += refreshed;
      }
      log.warn({ err }, 'Token counts of applications not written; retrying in a second');
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
