import type { Context } from 'koa';

/** The languages that the pages speak. */
export type Locale = 'en' | 'de';

/**
 * Picks the language of a page: the user's own (`de-informal` and `de-AT` are German), else the
 * browser's `Accept-Language`, else English.
 */
export function negotiateLocale(ctx: Context, preferred?: string): Locale {
  return spoken(preferred) ?? spoken(ctx.acceptsLanguages('en', 'de') || undefined) ?? 'en';
}

function spoken(tag: string | undefined): Locale | undefined {
  const language = tag?.split(/[-_]/)[0]?.toLowerCase();
  return language === 'de' || language === 'en' ? language : undefined;
}
