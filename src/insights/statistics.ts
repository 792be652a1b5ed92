/** Days of the statistics that a developer can choose, today included. */
export const PERIODS = [7, 30, 90] as const;

export type Period = (typeof PERIODS)[number];

/** Numbers of requests of an application. */
export interface RequestCounts {
  /** Code exchanges. */
  readonly issued: number;
  readonly refreshed: number;
  /** At all OAuth endpoints. */
  readonly failed: number;
  /** Those of `failed` that were to refresh tokens. */
  readonly refreshFailed: number;
  /** Tokens that API services had checked, and calls of this server's own API. */
  readonly apiCalls: number;
}

/** Requests in a quarter of an hour that begins at `at`. */
export interface TimedCounts extends RequestCounts {
  readonly at: Date;
}

export interface DayCounts extends RequestCounts {
  /** `2026-03-01`. */
  readonly day: string;
}

export const NO_REQUESTS: RequestCounts = {
  issued: 0,
  refreshed: 0,
  failed: 0,
  refreshFailed: 0,
  apiCalls: 0,
};

const DAY = 86_400_000;

/** Returns a moment before the first of the last `days` days begins, in every time zone. */
export function statisticsStart(now: Date, days: number): Date {
  return new Date(now.getTime() - (days + 1) * DAY);
}

/**
 * Returns the last `days` days, the oldest first, each with its requests: also those without any. The
 * days of `earlier` are taken as they are; they are days in UTC.
 */
export function requestsByDay(
  { recent, earlier }: { recent: readonly TimedCounts[]; earlier: readonly DayCounts[] },
  { now, timezone, days: length }: { now: Date; timezone: string; days: number },
): DayCounts[] {
  const dayOf = dayIn(timezone);
  const days = new Map<string, RequestCounts>();
  // By the calendar: days of 23 and 25 hours are days, too.
  const today = Date.parse(dayOf(now));
  for (let ago = length - 1; ago >= 0; ago -= 1) {
    days.set(new Date(today - ago * DAY).toISOString().slice(0, 10), NO_REQUESTS);
  }
  const add = (day: string, counts: RequestCounts) => {
    const known = days.get(day);
    if (known !== undefined) {
      days.set(day, sumOf([known, counts]));
    }
  };
  for (const { at, ...counts } of recent) {
    add(dayOf(at), counts);
  }
  for (const { day, ...counts } of earlier) {
    add(day, counts);
  }
  return [...days].map(([day, counts]) => ({ day, ...counts }));
}

/** Adds up counts. */
export function sumOf(counts: readonly RequestCounts[]): RequestCounts {
  const sum = (kind: keyof RequestCounts) => counts.reduce((all, one) => all + one[kind], 0);
  return {
    issued: sum('issued'),
    refreshed: sum('refreshed'),
    failed: sum('failed'),
    refreshFailed: sum('refreshFailed'),
    apiCalls: sum('apiCalls'),
  };
}

/** Returns the share of refreshes that succeeded, from 0 to 1; undefined if there were none. */
export function refreshSuccess({ refreshed, refreshFailed }: RequestCounts): number | undefined {
  const all = refreshed + refreshFailed;
  return all === 0 ? undefined : refreshed / all;
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

/** Statistics of an application. */
export interface Statistics {
  /** Days of the period, the oldest first. */
  readonly days: readonly DayCounts[];
  readonly sum: RequestCounts;
  /** Sum of as many days before the period. */
  readonly before: RequestCounts;
  /** Connected users when the period began; undefined if that is unknown. */
  readonly usersBefore: number | undefined;
}
