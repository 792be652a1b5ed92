import { isTimeZone } from '../users/user.ts';

const HOUR = 3_600_000;
const SECOND = 1000;

/** Days of the years 1970 to 2999: earlier and later ones are typing errors, and some no database stores. */
const DATE = /^(19[7-9]\d|2\d{3})-\d{2}-\d{2}$/;

/**
 * Returns the end of a day in a time zone: the first moment of the next day, also if the clocks
 * change that night. An unknown time zone counts as UTC.
 * @param date as a date field sends it, `2026-05-31`
 * @returns undefined if there is no such day in the years 1970 to 2999
 */
export function endOfDay(date: string, timeZone: string): Date | undefined {
  const day = parseDay(date);
  return day === undefined ? undefined : endOf(day, timeZone);
}

/**
 * Returns the first moment of a day in a time zone. An unknown time zone counts as UTC.
 * @param date as a date field sends it, `2026-05-31`
 * @returns undefined if there is no such day in the years 1970 to 2999
 */
export function startOfDay(date: string, timeZone: string): Date | undefined {
  const day = parseDay(date);
  return day === undefined ? undefined : endOf(day - 24 * HOUR, timeZone);
}

/** Returns the start of a day in UTC, in milliseconds since 1970; undefined if there is no such day. */
function parseDay(date: string): number | undefined {
  const day = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  // 31 February would become a day of March.
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(date) ? day : undefined;
}

/** Returns the end of a day in a time zone. `day`: its start in UTC, in milliseconds since 1970. */
function endOf(day: number, timeZone: string): Date {
  const local = localDays(timeZone);
  // Clocks are at most 14 hours ahead of UTC and 12 behind: the end lies between these two.
  let [before, after] = [day + 9 * HOUR, day + 37 * HOUR];
  while (after - before > SECOND) {
    const middle = before + Math.floor((after - before) / (2 * SECOND)) * SECOND;
    [before, after] = local(new Date(middle)) > day ? [before, middle] : [middle, after];
  }
  return new Date(after);
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
