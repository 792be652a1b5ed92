import type { Context } from 'koa';
import { cookieName, readCookie, setCookie } from '../../http/cookies.ts';
import { randomText } from '../../lib/credentials.ts';
import { DEVICE_DAYS } from '../device-store.ts';

/** Recognizes browsers, so that a sign-in in a new one can be reported. */
export interface Devices {
  /** The browser's id, or a new one that it does not know of yet. */
  id(ctx: Context): string;
  /** The id that the browser sent, if it sent one. */
  sent(ctx: Context): string | undefined;
  /** Lets the browser keep the id for another year. */
  remember(ctx: Context, id: string): void;
}

/** Characters of a device ID: 256 bits. */
const LENGTH = 43;
const SECONDS = DEVICE_DAYS * 86_400;

/**
 * Keeps the id in a cookie of its own. It opens nothing, and survives signing out. The `__Host-`
 * prefix keeps a neighbouring host from planting an id that it knows.
 */
export function createDevices({ secure }: { readonly secure: boolean }): Devices {
  const name = cookieName(secure, 'device');
  const sent: Devices['sent'] = (ctx) => {
    const value = readCookie(ctx.headers.cookie, name);
    return value !== undefined && /^[0-9A-Za-z]{43}$/.test(value) ? value : undefined;
  };
  return {
    sent,
    id: (ctx) => sent(ctx) ?? randomText(LENGTH),
    remember: (ctx, id) => setCookie(ctx, name, id, { seconds: SECONDS }),
  };
}
