import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for which this process stood still at once, so that clocks have gone on without it. */
const STALL = 100;
const ATTEMPTS = 10;

/**
 * Returns a test whose result depends on clocks. It is repeated if it fails and this process stood
 * still meanwhile, because another process had the CPU.
 */
export function unlessStalled(work: () => Promise<void>): () => Promise<void> {
  return async () => {
    for (let attempt = 1; ; attempt += 1) {
      const delays = monitorEventLoopDelay({ resolution: 5 });
      delays.enable();
      try {
        return await work();
      } catch (error) {
        // A delay is recorded after it has ended.
        await sleep(20);
        if (delays.max < STALL * 1e6 || attempt === ATTEMPTS) {
          throw error;
        }
      } finally {
        delays.disable();
      }
    }
  };
}
