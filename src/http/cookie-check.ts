import type { Context } from 'koa';
import { sendsCookies } from './cookies.ts';
import type { Csrf } from './csrf.ts';
import { type PageAnswer, render, seeOther } from './page.ts';
import type { Renderer } from './render.ts';
import { type SharedText, translator } from './translate.ts';

/** End of a URL to which the check has redirected. */
const CHECKED = 'cookies=checked';

/**
 * Checks that the browser takes cookies before it is redirected to another site: a browser without
 * any gets one, and one redirect to the same URL. A page answers the second request without a
 * cookie, so there is no loop. Its link leads to the URL as it was.
 * @returns undefined if the browser sent a cookie
 */
export function checkCookies(
  { renderer, csrf }: { readonly renderer: Renderer; readonly csrf: Csrf },
  ctx: Context,
): PageAnswer | undefined {
  if (sendsCookies(ctx)) {
    return undefined;
  }
  if (!ctx.url.endsWith(CHECKED)) {
    csrf.token(ctx);
    return seeOther(`${ctx.url}${ctx.search === '' ? '?' : '&'}${CHECKED}`);
  }
  const t = translator<SharedText>(renderer.locale(ctx));
  const props = {
    title: t('error.cookies.title'),
    message: t('error.cookies.message'),
    hint: t('error.cookies.hint'),
    links: [{ href: ctx.url.slice(0, -CHECKED.length - 1), label: t('link.open_again') }],
  };
  return render('error', props, 403);
}
