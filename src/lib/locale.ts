import { lazy } from './lazy.ts';

/** The languages of the pages and mails. */
export const LOCALES = ['en', 'de'] as const;
/** One of them. */
export type Locale = (typeof LOCALES)[number];

/**
 * Returns the language for a language tag: `de-informal` and `de-AT` are German.
 * @returns undefined for a tag of any other language
 */
export function localeOf(tag: string | undefined): Locale | undefined {
  const language = tag?.split(/[-_]/)[0]?.toLowerCase();
  return language === 'de' || language === 'en' ? language : undefined;
}

const COLLATION = { sensitivity: 'base', numeric: true } as const;

/** Formats of lists per language: "a, b and c", and "a, b, c". */
export const LISTS: Readonly<
  Record<Locale, { readonly sentence: Intl.ListFormat; readonly short: Intl.ListFormat }>
> = { en: listFormats('en'), de: listFormats('de') };

function listFormats(locale: Locale) {
  const short = { type: 'unit', style: 'short' } as const;
  return { sentence: new Intl.ListFormat(locale), short: new Intl.ListFormat(locale, short) };
}

const ENGLISH = lazy(() => new Intl.Collator('en', COLLATION));
const GERMAN = lazy(() => new Intl.Collator('de', COLLATION));

/**
 * Order of names per language. Created once, because creating one costs more than using it, and at the
 * first use: the first one takes 50 ms.
 */
export const COLLATORS: Readonly<Record<Locale, Intl.Collator>> = {
  get en() {
    return ENGLISH();
  },
  get de() {
    return GERMAN();
  },
};
