import { ownValue } from '../lib/own-value.ts';
import { UsageError } from './shell.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/**
 * A moment as people give it: ISO 8601, or so many minutes, hours or days (`30m`, `12h`, `90d`) from
 * now, `ahead` or back.
 * @returns ISO 8601
 * @throws UsageError
 */
export function parseTime(option: string, given: string, ahead: boolean): string {
  const [, number, unit = ''] = /^(\d{1,6})([mhd])$/.exec(given) ?? [];
  if (number !== undefined) {
    const distance = Number(number) * (ownValue(UNITS, unit) ?? 0) * 1000;
    return new Date(Date.now() + (ahead ? distance : -distance)).toISOString();
  }
  // A day alone, or a time with its zone: without one nobody knows which is meant.
  const moment = /^\d{4}-\d\d-\d\d(T.+(Z|[+-]\d\d:?\d\d))?$/i.test(given) ? Date.parse(given) : NaN;
  if (Number.isNaN(moment)) {
    throw new UsageError(
      `${option} takes a time such as 2026-12-31T23:59:59Z or 2026-12-31, or a distance such as 12h or 90d.`,
    );
  }
  return new Date(moment).toISOString();
}
