import type { Context } from 'koa';

/** The languages that the pages speak. */
export type Locale = 'en' | 'de';

/**
 * Picks the language of a page: the user's own (`de-informal` and `de-AT` are German), else the
 * browser's `Accept-Language`, else English.
 */
export function negotiateLocale(ctx: Context, preferred?: string): Locale {
  return (
    spokenLocale(preferred) ?? spokenLocale(ctx.acceptsLanguages('en', 'de') || undefined) ?? 'en'
  );
}

/** The language of the pages that a language tag means; undefined: they don't speak it. */
export function spokenLocale(tag: string | undefined): Locale | undefined {
  const language = tag?.split(/[-_]/)[0]?.toLowerCase();
  return language === 'de' || language === 'en' ? language : undefined;
}
