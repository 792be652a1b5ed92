import { createHash } from 'node:crypto';
import type { Reading } from './answer.ts';
import type { Introspect } from './introspection.ts';

/** Size and lifetime of the cache. */
export interface CacheOptions {
  /** Tokens to remember at most; the oldest answer makes room. */
  readonly entries: number;
  /**
   * Bytes to fill at most, as estimated from the answers; 64 MiB by default. An answer about a user
   * with many organizers takes the room of many others. One that is larger than a tenth of it is not
   * remembered.
   */
  readonly bytes?: number | undefined;
  /** Lifetime of an answer in seconds: at most 300, and never past the token's own end. */
  readonly seconds: number;
}

const BYTES = 64 * 1024 * 1024;
/** Largest share of the memory for one answer. */
const LARGEST_SHARE = 0.1;

/** That a token is not live is believed for this long. Seconds. */
const INACTIVE_SECONDS = 5;

/**
 * Remembers answers. A token is kept as its SHA-256 only, by which the authorization server knows
 * it too, so that word of a revocation can find what to forget.
 */
export function withCache(introspect: Introspect, options: CacheOptions): Introspect {
  const { entries, bytes = BYTES } = options;
  const live = createMemory(entries, bytes);
  // Apart, so that made-up tokens do not push out those in use.
  const dead = createMemory(entries, bytes);
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
      live.set(key, reading, asked + 1000 * Math.min(options.seconds, secondsLeft(reading)));
    } else {
      dead.set(key, reading, asked + 1000 * Math.min(options.seconds, INACTIVE_SECONDS));
    }
    return reading;
  };
}

/** Reads this machine's clock only if the server does not say how long the token is valid. */
function secondsLeft({ expiresIn, access }: Extract<Reading, { outcome: 'active' }>): number {
  const { expiresAt = Number.POSITIVE_INFINITY } = access;
  return expiresIn ?? expiresAt - Date.now() / 1000;
}

interface Memory {
  get(key: string): Reading | undefined;
  /** `until` is a time of `performance.now()`, which no change of the clock moves. */
  set(key: string, reading: Reading, until: number): void;
}

interface Entry {
  readonly reading: Reading;
  readonly until: number;
  readonly size: number;
}

function createMemory(limit: number, bytes: number): Memory {
  /** In the order in which they were remembered. */
  const entries = new Map<string, Entry>();
  let filled = 0;
  const forget = (key: string) => {
    filled -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  };
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined && entry.until <= performance.now()) {
        forget(key);
        return undefined;
      }
      return entry?.reading;
    },
    set: (key, reading, until) => {
      forget(key);
      const size = sizeOf(reading);
      if (size > bytes * LARGEST_SHARE) {
        return;
      }
      for (const oldest of entries.keys()) {
        if (entries.size < limit && filled + size <= bytes) {
          break;
        }
        forget(oldest);
      }
      entries.set(key, { reading, until, size });
      filled += size;
    },
  };
}

/** Bytes of an entry with its key, objects and functions, and of each string beside its characters. */
const ENTRY = 1500;
const STRING = 40;

/** Estimates the memory that an answer takes, rather too high than too low. */
function sizeOf(reading: Reading): number {
  if (reading.outcome === 'inactive') {
    return ENTRY;
  }
  const { organizers, permissions, scopes } = reading.access;
  const lists = [organizers, scopes, ...Object.values(permissions)];
  // Slugs are keys of two maps, too.
  const slugs = 3 * sizeOfTexts(organizers);
  return ENTRY + slugs + lists.reduce((sum, list) => sum + STRING + sizeOfTexts(list), 0);
}

function sizeOfTexts(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + STRING + text.length, 0);
}
