/**
 * An application has stopped working if so many of its token requests failed within half an hour, none
 * succeeded in that time, and one had succeeded in the days before.
 */
export const FAILING = { failures: 5, minutes: 30, workedDays: 7 } as const;
