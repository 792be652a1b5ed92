/** Milliseconds in which a cause is logged once. */
const INTERVAL = 1_000;
/** Highest number of causes with a limit of their own; further ones share the cause `other`. */
const CAUSES = 100;

/**
 * Limits the lines of a log to one a second for each cause, so that an outage does not fill the disk. The
 * first is written at once; the last of those that follow within a second comes with their number.
 */
export function limitRepeatedLines(
  interval = INTERVAL,
): (cause: string, write: (repeated: number | undefined) => void) => void {
  const waiting = new Map<string, { count: number; write: (repeated: number) => void }>();
  const watch = (cause: string) => {
    setTimeout(() => {
      const last = waiting.get(cause);
      waiting.delete(cause);
      if (last !== undefined && last.count > 0) {
        last.write(last.count);
        waiting.set(cause, { count: 0, write: last.write });
        watch(cause);
      }
    }, interval).unref();
  };
  return (sent, write) => {
    const cause = waiting.has(sent) || waiting.size < CAUSES ? sent : 'other';
    const known = waiting.get(cause);
    if (known === undefined) {
      waiting.set(cause, { count: 0, write });
      watch(cause);
      write(undefined);
    } else {
      waiting.set(cause, { count: known.count + 1, write });
    }
  };
}
