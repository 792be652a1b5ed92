import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `work` is done, but at most so many milliseconds. It is not cut off then. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, sleep(milliseconds, undefined, { ref: false })]);
}
