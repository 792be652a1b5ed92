import { CLOCK_TOLERANCE } from '../db/clock.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Milliseconds by which clocks may differ; signed requests and the platform's login depend on that. */
const LIMIT = 30_000;

/**
 * Compares this machine's clock with another one.
 * @param of address of the other clock
 * @param ahead milliseconds by which the other one is ahead of ours
 */
export function checkClock(of: string, ahead: number): Finding {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) {
    return ok('health.clock.same', { of, seconds: CLOCK_TOLERANCE / 1000 });
  }
  const report = Math.abs(ahead) > LIMIT ? fail : warn;
  const seconds = Math.abs(ahead / 1000).toFixed(1);
  return report(ahead > 0 ? 'health.clock.ahead' : 'health.clock.behind', { of, seconds });
}
