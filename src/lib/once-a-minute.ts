import { withoutRequester } from './requester.ts';

/** Milliseconds within which a further use of the same key is not written again. */
const INTERVAL = 60_000;
/** Number of keys that are remembered. If there are more, uses are written more often. */
const REMEMBERED = 10_000;

/**
 * Returns a function that writes each key at most once a minute. It returns at once: nothing waits for
 * the write or fails because of it.
 */
export function onceAMinute(write: (key: string) => Promise<void>): (key: string) => void {
  const written = new Map<string, number>();
  return (key) => {
    const now = Date.now();
    if (now - (written.get(key) ?? Number.NEGATIVE_INFINITY) < INTERVAL) {
      return;
    }
    if (written.size >= REMEMBERED) {
      written.clear();
    }
    written.set(key, now);
    // If writing fails, the next use tries again.
    withoutRequester(() => write(key)).catch(() => written.delete(key));
  };
}
