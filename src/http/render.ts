import querystring from 'node:querystring';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { Context } from 'koa';
import type { Platform } from '../config/platform.ts';
import { LOCALES, type Locale } from '../lib/locale.ts';
import type { Assets } from './assets.ts';
import { type CsrfOptions, csrfToken } from './csrf.ts';
import { negotiateLocale, pathInLocale } from './locale.ts';
import { platformWords } from './platform-words.ts';
import { requestIdOf } from './request-id.ts';
import { translator } from './translate.ts';
import { viewHelpers } from './view-helpers.ts';

/** Page data in `ctx.state`. */
interface PageState {
  /** Shown in the header, with the links of a signed-in user. */
  readonly signedIn?:
    | { readonly fullName: string; readonly email: string; readonly isOperator: boolean }
    | undefined;
  /** Number of reviews that wait for the operator who is signed in; undefined for others. */
  readonly waiting?: number | undefined;
  /** The signed-in user's language goes before the browser's. */
  readonly user?: { readonly locale?: string | undefined } | undefined;
}

/** Dependencies of the renderer. */
export interface RendererOptions extends CsrfOptions {
  readonly platform: Platform;
  readonly assets: Assets;
}

/** Status and language of a page. */
export interface PageOptions {
  /** 200 by default. */
  readonly status?: number;
  readonly locale?: Locale;
}

/** Renders pages. */
export interface Renderer {
  /** Answers with a page. `view` is a file name in `views/` without its ending. */
  page(ctx: Context, view: string, props: object, options?: PageOptions): void;
  /** The language in which `page` would answer, for presenters. */
  locale(ctx: Context): Locale;
}

/** Every view sees these by name, beside its own props in `it`. */
const HEADER =
  'const { t, rich, locale, languages, csrf, asset, date, day, link, lists, byName, isLong, brief, signedIn, waiting, requestId, platform, pageUrl, locales, addressIn } = it.helpers;';

/** Templates of this process; each is compiled once. */
const TEMPLATES = new Eta({
  views: fileURLToPath(new URL('../../views', import.meta.url)),
  cache: true,
  autoEscape: true,
  autoFilter: true,
  filterFunction: printable,
  functionHeader: HEADER,
});

/** Makes the renderer of `views/`. */
export function createRenderer(options: RendererOptions): Renderer {
  const { platform, assets } = options;
  return {
    page: (ctx, view, props, { status = 200, locale = localeOf(ctx) } = {}) => {
      const state: PageState = ctx.state;
      const words = platformWords(platform, locale);
      const helpers = {
        ...viewHelpers(translator(locale, words), locale, words),
        asset: assets.url,
        platform: { ...platform, logoUrl: assets.logoUrl },
        // Of this page, for links that come back to it.
        pageUrl: withoutSecrets(ctx.url),
        locales: LOCALES,
        // Of this page without its query, for search engines. English is the default.
        addressIn: (one: Locale) =>
          `${ctx.protocol}://${ctx.host}${one === 'en' ? ctx.path : pathInLocale(ctx.path, one)}`,
        // Only asked for by forms: a page without one sets no cookie.
        csrf: () => csrfToken(options, ctx),
        languages: (back?: string) => languagesOf(ctx, back),
        signedIn: state.signedIn,
        waiting: state.waiting,
        requestId: requestIdOf(ctx.req),
        view,
      };
      const html = TEMPLATES.render(view, { ...props, helpers });
      ctx.status = status;
      ctx.set({ 'Content-Language': locale, 'Cache-Control': 'no-store' });
      ctx.type = 'html';
      ctx.body = html;
    },
    locale: localeOf,
  };
}

/**
 * Returns the same page in each language.
 * @param back address of the page if it answers a form; without one there are none
 */
function languagesOf(
  ctx: Context,
  back?: string,
): { readonly locale: Locale; readonly href: string }[] {
  const path = ctx.method === 'POST' ? back : ctx.url;
  return path === undefined
    ? []
    : LOCALES.map((locale) => ({ locale, href: pathInLocale(path, locale) }));
}

/** @throws Error for a value that is neither text nor a number: a prop or a text is missing */
function printable(value: unknown): string {
  if (typeof value === 'string' || Number.isFinite(value)) {
    return String(value);
  }
  throw new TypeError(`A template prints ${String(value)}.`);
}

function localeOf(ctx: Context): Locale {
  const state: PageState = ctx.state;
  return negotiateLocale(ctx, state.user?.locale);
}

/** Parameters that belong into no URL of a page: pages do not repeat their values. */
const SECRET = /^(?:client_secret|code_verifier|client_assertion|code|(?:access|refresh)_token)$/i;

/** Replaces the values of secrets in a URL, and leaves all else as it was sent. */
export function withoutSecrets(url: string): string {
  return url.replace(/([?&])([^=&]*)=([^&]*)/g, (pair, separator: string, name: string) =>
    SECRET.test(querystring.unescape(name)) ? `${separator}${name}=…` : pair,
  );
}
