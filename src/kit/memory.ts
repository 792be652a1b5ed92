import { type Moment, millisecondsUntil } from './moment.ts';

/** An answer in memory. */
export interface Entry<T> {
  readonly value: T;
  /** From then on it is not used. */
  readonly until: Moment;
  /** Estimated bytes. */
  readonly size: number;
  /** Changes that remove it. */
  readonly tags: readonly string[];
}

/** Answers by the hash of their token, up to so many entries and bytes. */
export interface Memory<T> {
  get(key: string): T | undefined;
  /** Adds an entry; the oldest make room. One that is too large is not added. */
  set(key: string, entry: Entry<T>): void;
  delete(key: string): void;
  /** Removes all entries with this tag. */
  deleteTagged(tag: string): void;
  clear(): void;
}

/** Largest share of the memory for one entry. */
const LARGEST_SHARE = 0.1;

export function createMemory<T>(limit: number, bytes: number): Memory<T> {
  /** In the order in which they were added. */
  const entries = new Map<string, Entry<T>>();
  const tagged = new Map<string, Set<string>>();
  let filled = 0;
  const forget = (key: string) => {
    const entry = entries.get(key);
    if (entry === undefined) {
      return;
    }
    filled -= entry.size;
    entries.delete(key);
    for (const tag of entry.tags) {
      const keys = tagged.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) {
        tagged.delete(tag);
      }
    }
  };
  const add = (key: string, entry: Entry<T>) => {
    filled += entry.size;
    entries.set(key, entry);
    for (const tag of entry.tags) {
      const keys = tagged.get(tag);
      if (keys === undefined) {
        tagged.set(tag, new Set([key]));
      } else {
        keys.add(key);
      }
    }
  };
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined && millisecondsUntil(entry.until) <= 0) {
        forget(key);
        return undefined;
      }
      return entry?.value;
    },
    set: (key, entry) => {
      forget(key);
      if (entry.size > bytes * LARGEST_SHARE) {
        return;
      }
      for (const oldest of entries.keys()) {
        if (entries.size < limit && filled + entry.size <= bytes) {
          break;
        }
        forget(oldest);
      }
      add(key, entry);
    },
    delete: forget,
    deleteTagged: (tag) => {
      for (const key of tagged.get(tag) ?? []) {
        forget(key);
      }
    },
    clear: () => {
      entries.clear();
      tagged.clear();
      filled = 0;
    },
  };
}
