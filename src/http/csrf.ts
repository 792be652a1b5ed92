import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Context } from 'koa';
import { deriveKey } from '../lib/encryption.ts';
import { StagedoorError } from '../lib/errors.ts';
import { cookieName, readCookie, setCookie } from './cookies.ts';

/** CSRF signing keys and cookie settings. */
export interface CsrfOptions {
  /** The first signs, all verify; see `csrfKeys`. */
  readonly keys: readonly KeyObject[];
  /** The issuer is https: the cookie is bound to the host. */
  readonly secure: boolean;
}

/** Derives the keys of CSRF tokens from the cookie keys. */
export function csrfKeys(cookieKeys: readonly string[]): KeyObject[] {
  return cookieKeys.map((key) => createSecretKey(deriveKey(key, 'CSRF token')));
}

/** The guard of every form. */
export interface Csrf {
  /** The value of the form's hidden field `csrf`; sets the cookie where there is none yet. */
  token(ctx: Context): string;
  /** @throws StagedoorError `csrf_failed` */
  verify(ctx: Context, form: URLSearchParams): void;
}

/**
 * Signed double submit: the form repeats a keyed hash of a random cookie. One cookie serves all tabs
 * and all forms of a browser from one sign-in to the next, see `renewCsrf`. A neighboring host must not
 * be able to plant it; hence the `__Host-` prefix, and the check of the headers in which the browser
 * says where the form came from.
 */
export function createCsrf(options: CsrfOptions & { readonly issuer: string }): Csrf {
  const ownOrigin = new URL(options.issuer).origin;
  return {
    token: (ctx) => csrfToken(options, ctx),
    verify: (ctx, form) => {
      refuseForeignForm(ctx, ownOrigin);
      const cookie = cookieOf(options, ctx);
      const given = form.get('csrf');
      if (isFromOwnPage(ctx, ownOrigin)) {
        ctx.state.refusedForm = form;
      }
      if (cookie === undefined || given === null) {
        throw failed('The form carried no CSRF token, or the browser sent no cookie with it.');
      }
      if (!options.keys.some((key) => equal(given, sign(key, cookie)))) {
        throw failed('The CSRF token of the form does not belong to this browser and session.');
      }
      ctx.state.refusedForm = undefined;
    },
  };
}

/**
 * Sets a new cookie at sign-in: forms that were opened before are refused, and a token that leaked
 * before is useless in the session.
 */
export function renewCsrf(ctx: Context): void {
  const cookie = randomBytes(32).toString('base64url');
  ctx.state.csrfCookie = cookie;
  setCookie(ctx, cookieName(ctx.secure, 'csrf'), cookie);
}

/** Returns the form that `verify` has refused, if it was sent from a page of this server. */
export function refusedForm(ctx: Context): URLSearchParams | undefined {
  const form: unknown = ctx.state.refusedForm;
  return form instanceof URLSearchParams ? form : undefined;
}

/** The token for a form on the page that `ctx` answers with. See `createCsrf`. */
export function csrfToken(options: CsrfOptions, ctx: Context): string {
  const [key] = options.keys;
  if (key === undefined) {
    throw new StagedoorError('configuration_invalid', 'There is no cookie key.');
  }
  let cookie = cookieOf(options, ctx);
  if (cookie === undefined) {
    cookie = randomBytes(32).toString('base64url');
    ctx.state.csrfCookie = cookie;
    setCookie(ctx, cookieName(options.secure, 'csrf'), cookie);
  }
  return sign(key, cookie);
}

/** The cookie that this answer is about to set, or the browser's. */
function cookieOf(options: CsrfOptions, ctx: Context): string | undefined {
  const value: unknown =
    ctx.state.csrfCookie ?? readCookie(ctx.headers.cookie, cookieName(options.secure, 'csrf'));
  return typeof value === 'string' && /^[\w-]{43}$/.test(value) ? value : undefined;
}

/** `null` is what browsers send under `Referrer-Policy: no-referrer`, hence no sign of anything. */
function refuseForeignForm(ctx: Context, ownOrigin: string): void {
  const origin = ctx.get('Origin');
  if (ctx.get('Sec-Fetch-Site') === 'cross-site') {
    throw failed('The form was sent from another site.');
  }
  if (origin !== '' && origin !== 'null' && origin !== ownOrigin) {
    throw failed(`The form was sent from another origin than ${ownOrigin}.`);
  }
}

/** Only what was typed on our own page is shown again by the page that refuses a form. */
function isFromOwnPage(ctx: Context, ownOrigin: string): boolean {
  return ctx.get('Sec-Fetch-Site') === 'same-origin' || ctx.get('Origin') === ownOrigin;
}

function sign(key: KeyObject, cookie: string): string {
  return createHmac('sha256', key).update(cookie).digest('base64url');
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function failed(message: string): StagedoorError {
  return new StagedoorError('csrf_failed', message);
}
