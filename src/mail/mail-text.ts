import { formatDate } from '../lib/format-date.ts';
import type { Locale } from '../lib/locale.ts';
import { shorten } from '../lib/shorten.ts';
import { visibleLine } from '../lib/visible-text.ts';

/** Longest name that a mail repeats, in characters. */
const NAME_LIMIT = 100;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const QUOTES: Readonly<Record<Locale, readonly [string, string]>> = {
  en: ['“', '”'],
  de: ['„', '“'],
};

/** Returns a stranger's text on one line, without invisible characters and cut to `limit`. */
export function oneLine(text: string, limit = NAME_LIMIT): string {
  const line = shorten(visibleLine(text), limit);
  // Isolated, so that words from right to left don't turn the rest of the line around.
  return RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line;
}

/**
 * A name that anybody could have chosen, in quotation marks, so that a reader sees where it ends.
 * Double ones within it become single.
 */
export function quoted(name: string, locale: Locale): string {
  const [open, close] = QUOTES[locale];
  return open + unlinked(oneLine(name)).replace(/["“”„‟«»＂]/g, "'") + close;
}

/**
 * Characters by which an address is known: `:`, `@`, the backslash of a network share, dots, and
 * what a mail program may read as one of them. Emoji are possible in host names, too.
 */
const ADDRESS_SIGN = /[:﹕：@﹫＠\\.․﹒．。｡](?=\S)/gu;
/** Six digits or more, as a phone number is written. */
const PHONE_NUMBER = /\+?\p{Nd}(?:[\s()./\u200b\p{Pd}]*\p{Nd}){5,}/gu;

/**
 * Returns a text that looks the same, but of which mail programs make no link: a zero-width space
 * breaks web addresses, e-mail addresses and phone numbers.
 */
export function unlinked(text: string): string {
  return text
    .replace(ADDRESS_SIGN, '$&\u200b')
    .replace(PHONE_NUMBER, (number) => number.replace(/\p{Nd}(?=.)/gu, '$&\u200b'));
}

/** Returns the host of a web address, in ASCII; undefined if it is no web address. */
export function plainHost(address: string | null): string | undefined {
  const url = URL.parse(address ?? '');
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url.host : undefined;
}

const TIME_STYLE = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
} as const;

/** Day and time of an ISO 8601 datetime in the reader's time zone, which is named. */
export function localTime(at: string, timeZone: string, locale: Locale): string {
  return formatDate(new Date(at), timeZone, locale, TIME_STYLE);
}
