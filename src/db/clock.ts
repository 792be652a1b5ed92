import type { Database } from './database.ts';

/**
 * Milliseconds by which two clocks may differ. Lifetimes are written by this process and read by the
 * database's clock; the tolerance covers slow answers and times without fractions of a second.
 */
export const CLOCK_TOLERANCE = 5_000;

/** Returns how many milliseconds the clock of the database is ahead of this machine's. */
export async function measureClock(database: Pick<Database, 'lookUp'>): Promise<number> {
  const text = 'select clock_timestamp() as now';
  const { ahead } = await timeAhead(
    () => database.lookUp<{ now: Date }>(text, []),
    ([row]) => row?.now.getTime() ?? Number.NaN,
  );
  return ahead;
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
