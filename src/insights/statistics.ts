/** Days that the statistics go back, today included. */
export const STATISTICS_DAYS = 30;

/** Tokens in a quarter of an hour that begins at `at`. */
export interface TokenCount {
  readonly at: Date;
  /** Code exchanges. */
  readonly issued: number;
  readonly refreshed: number;
}

/** Tokens of one day in a time zone. */
export interface TokenDay {
  /** `2026-03-01`. */
  readonly day: string;
  readonly issued: number;
  readonly refreshed: number;
}

const DAY = 86_400_000;

/** A moment before the first of the days begins, in every time zone. */
export function statisticsStart(now: Date): Date {
  return new Date(now.getTime() - (STATISTICS_DAYS + 1) * DAY);
}

/** The last days, the oldest first, each with its tokens: also those without any. */
export function tokensByDay(
  counts: readonly TokenCount[],
  now: Date,
  timezone: string,
): TokenDay[] {
  const dayOf = dayIn(timezone);
  const days = new Map<string, { issued: number; refreshed: number }>();
  // By the calendar: days of 23 and 25 hours are days, too.
  const today = Date.parse(dayOf(now));
  for (let ago = STATISTICS_DAYS - 1; ago >= 0; ago -= 1) {
    const day = new Date(today - ago * DAY).toISOString().slice(0, 10);
    days.set(day, { issued: 0, refreshed: 0 });
  }
  for (const { at, issued, refreshed } of counts) {
    const day = days.get(dayOf(at));
    if (day !== undefined) {
      day.issued += issued;
      day.refreshed += refreshed;
    }
  }
  return [...days].map(([day, count]) => ({ day, ...count }));
}

/** The calendar day of a moment; UTC's where the time zone is not known on this machine. */
function dayIn(timeZone: string): (when: Date) => string {
  const style = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-CA', { ...style, timeZone });
  } catch {
    format = new Intl.DateTimeFormat('en-CA', { ...style, timeZone: 'UTC' });
  }
  return (when) => format.format(when);
}
