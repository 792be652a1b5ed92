import { formatDate } from '../lib/format-date.ts';
import { escapeHtml } from '../lib/html.ts';
import { COLLATORS, LISTS, type Locale } from '../lib/locale.ts';
import { shorten } from '../lib/shorten.ts';
import type { MessageParams, Translate } from './translate.ts';

/**
 * Functions for templates. `rich` returns HTML, for `<%~ %>`; everything else is escaped on output.
 */
export interface ViewHelpers {
  readonly t: Translate;
  /** The message with each parameter in a `<bdi>`: a name can't turn the sentence around. */
  rich(key: string, params: MessageParams): string;
  readonly locale: Locale;
  date(when: Date, timezone?: string): string;
  /** The day without the time. */
  day(when: Date, timezone?: string): string;
  /** The address when it is a web address, else undefined: it goes into `href`. */
  link(url: string | null | undefined): string | undefined;
  /** Formats of lists. */
  readonly lists: (typeof LISTS)[Locale];
  byName<Item extends { readonly name: string }>(items: readonly Item[]): Item[];
  /** Tests if a name is too long for the size of a heading; it may have 255 characters. */
  isLong(name: string): boolean;
  /** Cuts a name for the title of a page. */
  brief(name: string): string;
}

/** Characters; in a heading on a phone these are about five lines. */
const LONG_NAME = 60;
/** Characters; a tab shows fewer, a list of tabs and the history show this many. */
const BRIEF_NAME = 40;

/** Makes the helpers of one page. @param always values for placeholders of all texts, as in `t` */
export function viewHelpers(t: Translate, locale: Locale, always: MessageParams = {}): ViewHelpers {
  const collator = COLLATORS[locale];
  return {
    t,
    locale,
    lists: LISTS[locale],
    rich: (key, params) => {
      const isolated = Object.entries({ ...always, ...params }).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : `<bdi>${escapeHtml(value)}</bdi>`,
      ]);
      return t(key, Object.fromEntries(isolated));
    },
    date: (when, timezone = 'UTC') =>
      formatDate(when, timezone, locale, { dateStyle: 'medium', timeStyle: 'short' }),
    day: (when, timezone = 'UTC') => formatDate(when, timezone, locale, { dateStyle: 'medium' }),
    link: (url) =>
      /^https?:$/.test(URL.parse(url ?? '')?.protocol ?? '') ? (url ?? '') : undefined,
    byName: (items) => items.toSorted((a, b) => collator.compare(a.name, b.name)),
    isLong: (name) => name.length > LONG_NAME,
    brief: (name) => shorten(name, BRIEF_NAME),
  };
}
