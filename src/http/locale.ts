import type { Context } from 'koa';
import { LOCALES, type Locale, localeOf } from '../lib/locale.ts';

/** Parameter of a page's URL, and of authorization requests, with languages in the order of preference. */
const UI_LOCALES = 'ui_locales';

/**
 * Makes the pages of a request use the first supported language of `ui_locales`.
 * @see OpenID Connect Core 1.0 §3.1.2.1
 */
export function setUiLocales(ctx: Context, uiLocales: unknown): void {
  ctx.state.uiLocale = firstSupported(uiLocales);
}

/**
 * Picks the language of a page: that of `ui_locales` in its own URL, else that of the authorization
 * request, else the user's own, else `Accept-Language`, else English.
 */
export function negotiateLocale(ctx: Context, preferred?: string): Locale {
  return (
    firstSupported(ctx.query?.[UI_LOCALES]) ??
    localeOf(ctx.state.uiLocale) ??
    localeOf(preferred) ??
    localeOf(ctx.acceptsLanguages(...LOCALES) || undefined) ??
    'en'
  );
}

/**
 * Returns the path of the same page in another language. A page that the browser goes on to
 * afterwards (`return_to`) gets the language, too.
 */
export function pathInLocale(path: string, locale: Locale): string {
  const [before, ...rest] = path.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const returnTo = query.get('return_to');
  if (returnTo !== null) {
    query.set('return_to', withLocale(returnTo, locale));
  }
  return withLocale(`${before}?${query}`, locale);
}

/** Returns the path of a page without the language that its URL names. */
export function pathWithoutLocale(path: string): string {
  const [before = '', ...rest] = path.split('?');
  const query = new URLSearchParams(rest.join('?'));
  if (!query.has(UI_LOCALES)) {
    return path;
  }
  query.delete(UI_LOCALES);
  return query.size === 0 ? before : `${before}?${query}`;
}

function withLocale(path: string, locale: Locale): string {
  const [before = '', ...rest] = path.split('?');
  const query = new URLSearchParams(rest.join('?'));
  query.set(UI_LOCALES, locale);
  return `${before}?${query}`;
}

function firstSupported(uiLocales: unknown): Locale | undefined {
  const tags = typeof uiLocales === 'string' ? uiLocales.split(' ') : [];
  return tags.map(localeOf).find((locale) => locale !== undefined);
}
