import type { Reading } from './answer.ts';
import type { RequestHeaders } from './authorization-header.ts';
import type { Introspect } from './introspection.ts';
import { later, type Moment, now } from './moment.ts';

/** Milliseconds after which the effect of a revocation is certain, wherever an answer comes from. */
export const LEASE = 1_000;

/** An answer, and how long requests may be decided by it. */
export interface DatedReading {
  readonly reading: Reading;
  readonly until: Moment;
  /** `stale`: from memory, after it could be verified (see `CacheOptions.staleSeconds`). */
  readonly origin: 'memory' | 'server' | 'stale';
}

/** Returns what a token opens, from memory or from the server. */
export type Answers = (
  token: string,
  incoming: RequestHeaders,
) => DatedReading | Promise<DatedReading>;

/** Asks for each token. An answer holds for a second from when it was asked for. */
export function withoutCache(introspect: Introspect): Answers {
  return async (token, incoming) => {
    const asked = now();
    const reading = await introspect(token, incoming);
    return { reading, until: later(asked, LEASE), origin: 'server' };
  };
}
