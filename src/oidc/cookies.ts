import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { cookieName, readCookie, surplusCookies } from '../http/cookies.ts';
import type { CookieSignatures } from './cookie-signatures.ts';

/** Of every cookie of the flow. `secure` follows the issuer's scheme, see `http/own-url.ts`. */
export const COOKIE_OPTIONS = {
  httpOnly: true,
  sameSite: 'lax',
  signed: true,
  overwrite: true,
  path: '/',
} as const;

/** The provider's names for the two cookies of a waiting request. */
const REQUEST_COOKIES: ReadonlySet<string> = new Set(['interaction', 'resume']);
/** Waiting requests that one browser can have at a time; beyond, it loses the oldest. */
const AT_ONCE = 20;
const REQUEST_PATH = /^\/(?:interaction|api\/v1\/oauth\/authorize)(?:\/([\w-]+))?/i;

/** Returns the names that the provider is configured with. */
export function cookieNames(secure: boolean) {
  return { session: cookieName(secure, 'session'), interaction: 'interaction', resume: 'resume' };
}

/**
 * Keeps the id of a waiting request in one cookie per request, on the path `/` and with the common
 * prefix. The provider would separate requests of several tabs by two cookies on different paths,
 * for which the `__Host-` prefix is not possible.
 */
export function nameRequestCookies(
  provider: Provider,
  { secure, signatures }: { readonly secure: boolean; readonly signatures: CookieSignatures },
): void {
  const createContext = provider.createContext.bind(provider);
  provider.createContext = <State>(request: IncomingMessage, response: Context['res']) => {
    const ctx = createContext<State>(request, response);
    const [found, uid] = REQUEST_PATH.exec(request.url ?? '') ?? [];
    if (found !== undefined) {
      const { cookie: header } = request.headers;
      useRequestCookies(ctx.cookies, { secure, signatures, uid, header });
    }
    return ctx;
  };
}

/**
 * Returns a `get` that verifies each cookie once: this server and the provider both read the one of
 * the session.
 */
function readOnce(jar: Context['cookies']): Context['cookies']['get'] {
  const get = jar.get.bind(jar);
  const values = new Map<string, string | undefined>();
  return (name, options) => {
    const key = `${name} ${options?.signed}`;
    const value = values.has(key) ? values.get(key) : get(name, options);
    values.set(key, value);
    return value;
  };
}

interface Place {
  readonly secure: boolean;
  readonly signatures: CookieSignatures;
  /** The id in the URL. */
  readonly uid: string | undefined;
  readonly header: string | undefined;
}

function useRequestCookies(jar: Context['cookies'], place: Place): void {
  const { secure, uid, header } = place;
  const get = readOnce(jar);
  const set = jar.set.bind(jar);
  let written: string | undefined;
  jar.get = (name, options) => {
    if (!REQUEST_COOKIES.has(name)) {
      return get(name, options);
    }
    return uid === undefined ? undefined : readRequestCookie(place, uid);
  };
  jar.set = (name, value, options) => {
    const id = value ?? uid;
    if (!REQUEST_COOKIES.has(name) || id === undefined) {
      return set(name, value, options);
    }
    // Both names stand for one cookie, and the provider writes both.
    if (written === `${id}=${value}`) {
      return jar;
    }
    written = `${id}=${value}`;
    const own = { ...options, path: '/' };
    for (const surplus of surplusCookies(header, { secure, kind: 'request', keep: AT_ONCE - 1 })) {
      set(surplus, null, own);
    }
    return set(cookieName(secure, 'request', id), value, own);
  };
}

function readRequestCookie({ secure, signatures, header }: Place, uid: string): string | undefined {
  const name = cookieName(secure, 'request', uid);
  const value = readCookie(header, name);
  const signature = readCookie(header, `${name}.sig`);
  const isGenuine =
    value !== undefined &&
    signature !== undefined &&
    signatures.verify(`${name}=${value}`, signature);
  return isGenuine ? value : undefined;
}

/** Reads the id of the session from the request; after a sign-in in it, that is the new one. */
export function sessionIdOf(provider: Provider, ctx: Context): string | undefined {
  const renewed: unknown = ctx.state.sessionId;
  return typeof renewed === 'string'
    ? renewed
    : ctx.cookies.get(provider.cookieName('session'), COOKIE_OPTIONS);
}
