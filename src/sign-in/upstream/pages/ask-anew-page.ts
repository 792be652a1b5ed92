import type { Context } from 'koa';
import { cookieName, setCookie } from '../../../http/cookies.ts';

/** Seconds; the next sign-in ends it before. */
const LIFETIME = 30 * 86_400;

/**
 * Makes the next sign-in of this browser ask who it is: after somebody has signed out, or has come
 * as somebody who can't come in. Their session at the provider may live on, and would otherwise
 * answer for them at the next click.
 */
export function askAnew(ctx: Context): void {
  setCookie(ctx, nameOf(ctx), '1', { seconds: LIFETIME });
}

/** Whether the next sign-in has to ask. */
export function hasToAsk(ctx: Context): boolean {
  return ctx.cookies.get(nameOf(ctx), { signed: false }) === '1';
}

/** Somebody has answered. */
export function hasAsked(ctx: Context): void {
  if (hasToAsk(ctx)) {
    setCookie(ctx, nameOf(ctx), '');
  }
}

function nameOf(ctx: Context): string {
  return cookieName(ctx.secure, 'ask_anew');
}
