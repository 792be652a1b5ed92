import { CLOCK_TOLERANCE } from '../db/clock.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Milliseconds by which clocks may differ; signed requests and the platform's login depend on that. */
const LIMIT = 30_000;

/**
 * Compares this machine's clock with another one.
 * @param of owner of the other clock
 * @param ahead milliseconds by which the other one is ahead of ours
 */
export function checkClock(of: string, ahead: number): Finding {
  const seconds = Math.abs(ahead / 1000).toFixed(1);
  const direction = ahead > 0 ? 'ahead of' : 'behind';
  const message = `The clock of ${of} is ${seconds} s ${direction} this machine's.`;
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) {
    return ok('clock', `${of}: no more than ${CLOCK_TOLERANCE / 1000} s apart.`);
  }
  const fix = 'Let both machines keep their time by NTP (timedatectl set-ntp true).';
  return Math.abs(ahead) > LIMIT ? fail('clock', message, fix) : warn('clock', message, fix);
}
