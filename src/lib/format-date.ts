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
