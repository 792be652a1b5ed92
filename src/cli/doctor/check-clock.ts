import { type Finding, fail, ok, warn } from './finding.ts';

/** Milliseconds: a Date header knows no fractions, and answers take their time. */
const TOLERANCE = 5_000;
/** Milliseconds by which the clocks of signed requests and of the platform's login may differ. */
const LIMIT = 30_000;

/**
 * Compares this machine's clock with another one.
 * @param of whose the other one is
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

/** How far another clock is ahead of ours, in milliseconds; `when` reads it. */
export async function timeAhead<T>(
  ask: () => Promise<T>,
  when: (answer: T) => number,
): Promise<{ answer: T; ahead: number }> {
  const before = Date.now();
  const answer = await ask();
  return { answer, ahead: when(answer) - (before + Date.now()) / 2 };
}
