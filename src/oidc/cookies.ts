import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { cookieName, surplusCookies } from '../http/cookies.ts';

/** Of every cookie of the flow. `secure` follows the issuer's scheme, see `web/own-url.ts`. */
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
 * prefix. The provider would tell requests in several tabs apart by two cookies on paths of their own,
 * where the `__Host-` prefix is not possible.
 */
export function nameRequestCookies(provider: Provider, secure: boolean): void {
  const createContext = provider.createContext.bind(provider);
  provider.createContext = <State>(request: IncomingMessage, response: Context['res']) => {
    const ctx = createContext<State>(request, response);
    const [found, uid] = REQUEST_PATH.exec(request.url ?? '') ?? [];
    if (found !== undefined) {
      useRequestCookies(ctx.cookies, { secure, uid, header: request.headers.cookie });
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
  /** The id in the URL. */
  readonly uid: string | undefined;
  readonly header: string | undefined;
}

function useRequestCookies(jar: Context['cookies'], { secure, uid, header }: Place): void {
  const get = readOnce(jar);
  const set = jar.set.bind(jar);
  jar.get = (name, options) => {
    if (!REQUEST_COOKIES.has(name)) {
      return get(name, options);
    }
    return uid === undefined ? undefined : get(cookieName(secure, 'request', uid), options);
  };
  jar.set = (name, value, options) => {
    const id = value ?? uid;
    if (!REQUEST_COOKIES.has(name) || id === undefined) {
      return set(name, value, options);
    }
    const own = { ...options, path: '/' };
    for (const surplus of surplusCookies(header, { secure, kind: 'request', keep: AT_ONCE - 1 })) {
      set(surplus, null, own);
    }
    return set(cookieName(secure, 'request', id), value, own);
  };
}
