import { type Finding, fail, ok, warn } from './finding.ts';

/** Tolerance in milliseconds, for Date headers without fractions and slow answers. */
const TOLERANCE = 5_000;
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
  if (Math.abs(ahead) <= TOLERANCE) {
    return ok('clock', `${of}: no more than ${TOLERANCE / 1000} s apart.`);
  }
  const fix = 'Let both machines keep their time by NTP (timedatectl set-ntp true).';
  return Math.abs(ahead) > LIMIT ? fail('clock', message, fix) : warn('clock', message, fix);
}

/** Returns how far the clock that `when` reads is ahead of ours, in milliseconds. */
export async function timeAhead<T>(
  ask: () => Promise<T>,
  when: (answer: T) => number,
): Promise<{ answer: T; ahead: number }> {
  const before = Date.now();
  const answer = await ask();
  return { answer, ahead: when(answer) - (before + Date.now()) / 2 };
}
