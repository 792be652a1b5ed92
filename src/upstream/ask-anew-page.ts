import type { Context } from 'koa';

const NAME = 'stagedoor_ask_anew';
/** Seconds; the next sign-in ends it before. */
const LIFETIME = 30 * 86_400;

/**
 * Makes the next sign-in of this browser ask who it is: after somebody has signed out, or has come
 * as somebody who can't come in. Their session at the provider may live on, and would otherwise
 * answer for them at the next click.
 */
export function askAnew(ctx: Context): void {
  setCookie(ctx, '1', LIFETIME);
}

/** Whether the next sign-in has to ask. */
export function hasToAsk(ctx: Context): boolean {
  return ctx.cookies.get(NAME, { signed: false }) === '1';
}

/** Somebody has answered. */
export function hasAsked(ctx: Context): void {
  if (hasToAsk(ctx)) {
    setCookie(ctx, '', 0);
  }
}

/** Written by hand: Koa's jar refuses `Secure` behind a proxy that ends TLS. */
function setCookie(ctx: Context, value: string, seconds: number): void {
  const attributes = ctx.secure ? '; Secure' : '';
  ctx.append(
    'Set-Cookie',
    `${NAME}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${attributes}`,
  );
}
