import { ownValue } from '../lib/own-value.ts';
import { UsageError } from './shell.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/**
 * Parses a time: ISO 8601, or a distance from now in minutes, hours or days (`30m`, `12h`, `90d`).
 * @param ahead true for distances into the future, false into the past
 * @returns ISO 8601
 * @throws UsageError
 */
export function parseTime(option: string, given: string, ahead: boolean): string {
  const [, number, unit = ''] = /^(\d{1,6})([mhd])$/.exec(given) ?? [];
  if (number !== undefined) {
    const distance = Number(number) * (ownValue(UNITS, unit) ?? 0) * 1000;
    return new Date(Date.now() + (ahead ? distance : -distance)).toISOString();
  }
  // A date, or a time with its zone: a time without a zone is ambiguous.
  const moment = /^\d{4}-\d\d-\d\d(T.+(Z|[+-]\d\d:?\d\d))?$/i.test(given) ? Date.parse(given) : NaN;
  if (Number.isNaN(moment)) {
    throw new UsageError(
      `${option} takes a time such as 2026-12-31T23:59:59Z or 2026-12-31, or a distance such as 12h or 90d.`,
    );
  }
  return new Date(moment).toISOString();
}
