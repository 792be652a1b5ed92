import { RetryLaterError } from '../lib/errors.ts';

/** Allowed number of tries per key in a window of time. */
export interface LimitRule {
  readonly points: number;
  readonly seconds: number;
}

/** Answer of a limit about one key. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Seconds until the window of the key ends. */
      readonly retrySeconds: number;
      /** The try that exceeded the limit; later ones in the same window are not marked. */
      readonly first: boolean;
    };

/**
 * A named limit that all processes on the database share. A window begins with the first try and
 * lasts `seconds`; refused tries do not extend it. Keys are stored as keyed hashes.
 *
 * To count every try, call `take`. To count failures only, call `take` before the try and
 * `giveBack` after a success: tries that are still undecided count, so a burst of parallel tries
 * gets no more than `points`. An exceeded key stays refused until its window ends, also if tries are
 * given back later; only `forget` ends the refusal early, in this process. Never call it inside a transaction.
 */
export interface Limit {
  /** Counts one try. */
  take(key: string): Promise<Verdict>;
  /** Takes back one counted try. */
  giveBack(key: string): Promise<void>;
  /** Returns if an attempt would be allowed now, without counting one. */
  peek(key: string): Promise<Verdict>;
  /** Deletes the count of the key. */
  forget(key: string): Promise<void>;
  /** Returns the keys of the rows that count this one. */
  storedKeys(key: string): readonly string[];
}

/**
 * Counts one try, for requests that have no page of their own for a refusal.
 * @throws RetryLaterError `too_many_attempts`, answered with 429 and `Retry-After`
 */
export async function takeOrThrow(limit: Limit, key: string, message: string): Promise<void> {
  const verdict = await limit.take(key);
  if (!verdict.allowed) {
    throw new RetryLaterError('too_many_attempts', message, verdict.retrySeconds);
  }
}
