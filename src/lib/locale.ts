/** The languages of the pages and mails. */
export type Locale = 'en' | 'de';

/**
 * Returns the language for a language tag: `de-informal` and `de-AT` are German.
 * @returns undefined for a tag of any other language
 */
export function localeOf(tag: string | undefined): Locale | undefined {
  const language = tag?.split(/[-_]/)[0]?.toLowerCase();
  return language === 'de' || language === 'en' ? language : undefined;
}
