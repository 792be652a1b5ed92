import type { Context } from 'koa';
import { type Locale, localeOf } from '../lib/locale.ts';

/**
 * Makes the pages of a request use the first supported language of `ui_locales`.
 * @see OpenID Connect Core 1.0 §3.1.2.1
 */
export function setUiLocales(ctx: Context, uiLocales: unknown): void {
  const tags = typeof uiLocales === 'string' ? uiLocales.split(' ') : [];
  ctx.state.uiLocale = tags.find((tag) => localeOf(tag) !== undefined);
}

/**
 * Picks the language of a page: that of the authorization request, else the user's own, else
 * `Accept-Language`, else English.
 */
export function negotiateLocale(ctx: Context, preferred?: string): Locale {
  return (
    localeOf(ctx.state.uiLocale) ??
    localeOf(preferred) ??
    localeOf(ctx.acceptsLanguages('en', 'de') || undefined) ??
    'en'
  );
}
