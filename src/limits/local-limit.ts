import { RetryLaterError } from '../lib/errors.ts';
import type { LimitRule } from './limit.ts';
import { sourceOf } from './source.ts';

/** Addresses that are remembered. */
const REMEMBERED = 10_000;

/**
 * Counts requests by network address in this process only, for requests that cost no query and must
 * store nothing.
 * @returns a function that counts one request
 * @throws RetryLaterError `too_many_attempts`, from that function
 */
export function createLocalLimit(
  { points, seconds }: LimitRule,
  message: string,
): (address: string) => void {
  const counts = new Map<string, number>();
  let end = 0;
  return (address) => {
    const now = performance.now();
    if (now > end || counts.size >= REMEMBERED) {
      counts.clear();
      end = now + seconds * 1000;
    }
    const source = sourceOf(address).address;
    const count = (counts.get(source) ?? 0) + 1;
    counts.set(source, count);
    if (count > points) {
      throw new RetryLaterError('too_many_attempts', message, Math.ceil((end - now) / 1000));
    }
  };
}
