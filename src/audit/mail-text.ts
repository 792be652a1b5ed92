import type { MailLocale } from './mail-messages.ts';

/** Longest name that a mail repeats, in characters. */
const NAME_LIMIT = 100;
const ADDRESS_LIMIT = 100;
/**
 * Line breaks and other control characters, broken surrogates, and what is invisible or turns the
 * reading direction around. Joiners stay: scripts and emoji need them.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]+/gu;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const QUOTES: Readonly<Record<MailLocale, readonly [string, string]>> = {
  en: ['“', '”'],
  de: ['„', '“'],
};

/** Somebody else's words on one line of a sensible length, with nothing in them but what is seen. */
export function oneLine(text: string, limit = NAME_LIMIT): string {
  const symbols = [...text.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim()];
  const line = symbols.length <= limit ? symbols.join('') : `${symbols.slice(0, limit).join('')}…`;
  // Isolated, so that words from right to left don't turn the rest of the line around.
  return RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line;
}

/**
 * A name that anybody could have chosen, in quotation marks, so that a reader sees where it ends.
 * Double ones within it become single.
 */
export function quoted(name: string, locale: MailLocale): string {
  const [open, close] = QUOTES[locale];
  return open + unlinked(oneLine(name)).replace(/["“”„‟«»＂]/g, "'") + close;
}

/**
 * The same to the eye, but mail programs make no link of an address in it: they look for `://`, and
 * for a dot before a top-level domain.
 */
export function unlinked(text: string): string {
  return text.replace(/:(?=\/\/)|(?<=[\p{L}\p{N}])[.\u3002\uff0e\uff61](?=\p{L}{2})/gu, '$&\u200b');
}

/**
 * A web address without what can mislead: no user name, query or fragment, and the host in ASCII.
 * @returns undefined where it is no web address
 */
export function plainAddress(address: string | null): string | undefined {
  const url = URL.parse(address ?? '');
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return undefined;
  }
  const whole = url.pathname === '/' ? url.origin : url.origin + url.pathname;
  return whole.length <= ADDRESS_LIMIT ? whole : url.origin;
}

/** Day and time of an ISO 8601 datetime in the reader's time zone, which is named. */
export function localTime(at: string, timeZone: string, locale: MailLocale): string {
  const style = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  } as const;
  const tag = locale === 'de' ? 'de-DE' : 'en-GB';
  const when = new Date(at);
  try {
    return new Intl.DateTimeFormat(tag, { ...style, timeZone }).format(when);
  } catch {
    // A time zone that this machine does not know.
    return new Intl.DateTimeFormat(tag, { ...style, timeZone: 'UTC' }).format(when);
  }
}
