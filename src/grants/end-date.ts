import { isTimeZone } from '../users/user.ts';

const HOUR = 3_600_000;
const SECOND = 1000;

/**
 * Returns the end of a day in a time zone: the first moment of the next day, also if the clocks
 * change that night. An unknown time zone counts as UTC.
 * @param date as a date field sends it, `2026-05-31`
 * @returns undefined if there is no such day
 */
export function endOfDay(date: string, timeZone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    return undefined;
  }
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) {
    return undefined;
  }
  const local = localDays(timeZone);
  // Clocks are at most 14 hours ahead of UTC and 12 behind: the end lies between these two.
  let [before, after] = [day + 9 * HOUR, day + 37 * HOUR];
  while (after - before > SECOND) {
    const middle = before + Math.floor((after - before) / (2 * SECOND)) * SECOND;
    [before, after] = local(new Date(middle)) > day ? [before, middle] : [middle, after];
  }
  return new Date(after);
}

/**
 * Returns the first moment of a day in a time zone. An unknown time zone counts as UTC.
 * @param date as a date field sends it, `2026-05-31`
 * @returns undefined if there is no such day
 */
export function startOfDay(date: string, timeZone: string): Date | undefined {
  if (endOfDay(date, timeZone) === undefined) {
    return undefined;
  }
  const before = new Date(Date.parse(`${date}T00:00:00Z`) - 24 * HOUR);
  return endOfDay(before.toISOString().slice(0, 10), timeZone);
}

/** Returns the last day that has not ended at `end`, in the format of a date field. */
export function lastDay(end: Date, timeZone: string): string {
  const day = localDays(timeZone)(new Date(end.getTime() - 1));
  return new Date(day).toISOString().slice(0, 10);
}

/**
 * Returns a function that maps a moment to its day in a time zone, as the start of the same day in
 * UTC.
 */
function localDays(timeZone: string): (at: Date) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1);
  };
}
