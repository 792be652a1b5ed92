import { hash } from 'node:crypto';
import { createAnswerStore } from './answer-store.ts';
import type { RequestHeaders } from './authorization-header.ts';
import type { ReadChanges } from './changes.ts';
import { type Answers, type DatedReading, withoutCache } from './dated.ts';
import { followChanges } from './follow-changes.ts';
import type { Introspect } from './introspection.ts';
import { later, millisecondsUntil } from './moment.ts';
import { createTurns } from './turns.ts';
import { UnavailableError } from './unavailable.ts';

/** Size of the cache, and its use in an outage. */
export interface CacheOptions {
  /** Tokens to remember at most; the oldest answer makes room. */
  readonly entries: number;
  /**
   * Bytes to fill at most, as estimated from the answers; 64 MiB by default. An answer about a user
   * with many organizers takes the room of many others. One that is larger than a tenth of it is not
   * remembered.
   */
  readonly bytes?: number | undefined;
  /**
   * Seconds for which answers in memory are used in an outage of the authorization server, from when they
   * could last be verified: at most 300. **A token that is revoked meanwhile is accepted for so long.**
   * By default 0: requests are refused with 503. `onAnswer` shows each use.
   */
  readonly staleSeconds?: number | undefined;
  /** Called for each answer by which a request is decided, for metrics. */
  readonly onAnswer?: ((answer: AnswerInfo) => void) | undefined;
}

/** The answer by which a request is decided. */
export interface AnswerInfo {
  /** `stale`: from memory, in an outage of the authorization server (`staleSeconds`). */
  readonly origin: DatedReading['origin'];
  /** Milliseconds for which it would be good for further requests, if no change is announced. */
  readonly milliseconds: number;
  /** The request, or the `source` that stands for it. */
  readonly request: object;
}

const BYTES = 64 * 1024 * 1024;

/**
 * Caches responses, which are used while the changes feed confirms them. Concurrent requests with one
 * token share one introspection; at most 64 introspections run at a time.
 * @param onFailure called if the feed cannot be read; then each request asks
 */
export function withCache(
  introspect: Introspect,
  readChanges: ReadChanges,
  { entries, bytes = BYTES, staleSeconds = 0 }: CacheOptions,
  onFailure: (error: unknown) => void,
): Answers {
  const store = createAnswerStore(entries, bytes);
  const feed = followChanges(readChanges, store.apply, onFailure);
  const answer = withoutCache(introspect);
  const takeTurns = createTurns();
  const ask = withSingleFlight(
    (key: string, token: string, incoming: RequestHeaders): Promise<DatedReading> =>
      takeTurns(async () => findCurrent(key) ?? (await askServer(key, token, incoming))).catch(
        (error: unknown) => {
          const found = isOutage(error) ? findStale(key) : undefined;
          if (found === undefined) {
            throw error;
          }
          return found;
        },
      ),
  );
  const askServer = async (
    key: string,
    token: string,
    incoming: RequestHeaders,
  ): Promise<DatedReading> => {
    const end = store.begin(key);
    let dated: DatedReading | undefined;
    try {
      dated = await answer(token, incoming);
      return dated;
    } finally {
      end(dated);
    }
  };
  const findCurrent = (key: string): DatedReading | undefined => {
    const until = feed.lease();
    const reading = store.findActive(key);
    return reading && millisecondsUntil(until) > 0
      ? { reading, until, origin: 'memory' }
      : store.findInactive(key);
  };
  const findStale = (key: string): DatedReading | undefined => {
    const reading = store.findActive(key);
    const until = later(feed.lease(), 1000 * staleSeconds);
    return reading && millisecondsUntil(until) > 0
      ? { reading, until, origin: 'stale' }
      : undefined;
  };
  return (token, incoming) => {
    const key = hash('sha256', token, 'hex');
    return findCurrent(key) ?? ask(key, token, incoming);
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof UnavailableError && error.isOutage;
}

/** Lets requests wait for a question with the same key that is under way. */
function withSingleFlight<T, Rest extends readonly unknown[]>(
  ask: (key: string, ...rest: Rest) => Promise<T>,
): (key: string, ...rest: Rest) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, ...rest) => {
    const known = underWay.get(key);
    if (known !== undefined) {
      return known;
    }
    const question = ask(key, ...rest).finally(() => underWay.delete(key));
    underWay.set(key, question);
    return question;
  };
}
