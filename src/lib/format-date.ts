import type { Locale } from './locale.ts';

/** Created formats. Creating one costs more than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns date and time in a time zone; in UTC with its name if this machine does not know the zone. */
export function formatDate(
  when: Date,
  timeZone: string,
  locale: Locale,
  style: Intl.DateTimeFormatOptions,
): string {
  try {
    return formatIn(timeZone, locale, style).format(when);
  } catch {
    const text = formatIn('UTC', locale, style).format(when);
    return style.timeZoneName === undefined ? `${text} UTC` : text;
  }
}

/** @throws RangeError for an unknown time zone */
function formatIn(
  timeZone: string,
  locale: Locale,
  style: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, style]);
  const tag = locale === 'de' ? 'de-DE' : 'en-GB';
  const format = formats.get(key) ?? new Intl.DateTimeFormat(tag, { ...style, timeZone });
  formats.set(key, format);
  return format;
}

/** Returns the number of calendar days from one moment to another in a time zone. */
export function daysBetween(from: Date, to: Date, timeZone: string): number {
  return Math.round((Date.parse(dayOf(to, timeZone)) - Date.parse(dayOf(from, timeZone))) / DAY);
}

const DAY = 86_400_000;
const ISO_DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;

/** Returns the calendar day of a moment in a time zone, `2026-03-01`; in UTC for an unknown zone. */
export function dayOf(when: Date, timeZone: string): string {
  const [day, month, year] = formatDate(when, timeZone, 'en', ISO_DAY)
    .replace(' UTC', '')
    .split('/');
  return `${year}-${month}-${day}`;
}
