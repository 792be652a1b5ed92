import type { Locale } from '../lib/locale.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** A lifetime in seconds as people say it, in the largest unit that it is a multiple of: "90 days". */
export function formatDuration(seconds: number, locale: Locale): string {
  const [unit, length] = UNITS.find(([, size]) => seconds > 0 && seconds % size === 0) ?? [
    'second',
    1,
  ];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
    seconds / length,
  );
}
