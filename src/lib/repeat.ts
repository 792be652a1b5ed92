import { atMost } from './at-most.ts';

/** Milliseconds that a stop waits for the work. */
const STOP_LIMIT = 2_000;

/**
 * Runs `work` repeatedly, each time so many milliseconds after it has ended.
 * @param onFailure called for the first failure in a row
 * @returns a function that stops it and resolves when nothing runs any more, or after two seconds
 */
export function repeat(
  work: () => Promise<void>,
  milliseconds: number,
  onFailure: (error: unknown) => void,
): () => Promise<void> {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing) {
        onFailure(error);
      }
      failing = true;
    }
    schedule();
  };
  const schedule = () => {
    if (!stopped) {
      timer = setTimeout(() => {
        running = run();
      }, milliseconds);
    }
  };
  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await atMost(STOP_LIMIT, Promise.resolve(running));
  };
}
