import type { Context } from 'koa';
import { type Locale, localeOf } from '../lib/locale.ts';

/** Picks the language of a page: the user's own, else `Accept-Language`, else English. */
export function negotiateLocale(ctx: Context, preferred?: string): Locale {
  return localeOf(preferred) ?? localeOf(ctx.acceptsLanguages('en', 'de') || undefined) ?? 'en';
}
