import { createHash } from 'node:crypto';
import type { Reading } from './answer.ts';
import type { Introspect } from './introspection.ts';

/** How much to remember of what the authorization server said. */
export interface CacheOptions {
  /** Tokens to remember at most; the oldest answer makes room. */
  readonly entries: number;
  /** How long an answer holds: at most 300, and never past the token's own end. */
  readonly seconds: number;
}

/** That a token is not live is believed for this long. Seconds. */
const INACTIVE_SECONDS = 5;

/**
 * Remembers answers. A token is kept as its SHA-256 only, by which the authorization server knows
 * it too, so that word of a revocation can find what to forget.
 */
export function withCache(introspect: Introspect, options: CacheOptions): Introspect {
  const live = createMemory(options.entries);
  // Apart, so that made-up tokens do not push out those in use.
  const dead = createMemory(options.entries);
  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64');
    const known = live.get(key) ?? dead.get(key);
    if (known !== undefined) {
      return known;
    }
    // Before the question: what happens while it is under way may not be in the answer.
    const asked = performance.now();
    const reading = await introspect(token);
    if (reading.outcome === 'active') {
      const { expiresAt = Number.POSITIVE_INFINITY } = reading.access;
      const left = expiresAt - Date.now() / 1000;
      live.set(key, reading, asked + 1000 * Math.min(options.seconds, left));
    } else {
      dead.set(key, reading, asked + 1000 * Math.min(options.seconds, INACTIVE_SECONDS));
    }
    return reading;
  };
}

interface Memory {
  get(key: string): Reading | undefined;
  /** `until` is a time of `performance.now()`, which no change of the clock moves. */
  set(key: string, reading: Reading, until: number): void;
}

function createMemory(limit: number): Memory {
  /** In the order in which they were remembered. */
  const entries = new Map<string, { readonly reading: Reading; readonly until: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined && entry.until <= performance.now()) {
        entries.delete(key);
        return undefined;
      }
      return entry?.reading;
    },
    set: (key, reading, until) => {
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= limit && oldest !== undefined) {
        entries.delete(oldest);
      }
      entries.set(key, { reading, until });
    },
  };
}
