import type { Context } from 'koa';
import { cookieName, readCookie } from '../http/cookies.ts';

/** The tabs that a reader chose. */
export interface ChosenSamples {
  /** Keys of tabs, the last choice first. */
  readonly chosen: readonly string[];
  /** Name of the cookie in which a script keeps them, separated by dots. */
  readonly chosenCookie: string;
}

/** Reads which tabs the guides show first. */
export function chosenSamples(ctx: Context): ChosenSamples {
  const chosenCookie = cookieName(ctx.secure, 'samples');
  const value = readCookie(ctx.get('Cookie'), chosenCookie) ?? '';
  return { chosen: /^[a-z0-9.-]{1,100}$/.test(value) ? value.split('.') : [], chosenCookie };
}
