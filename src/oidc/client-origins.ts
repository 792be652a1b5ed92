import type { Client } from 'oidc-provider';
import { REGISTRATION_PATH } from '../applications/dynamic/routes.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import type { CrossOriginRule } from './cors.ts';
import { METADATA_PATHS, PATHS } from './paths.ts';

/** Schemes of the pages inside hybrid apps: Capacitor, Ionic and Tauri. */
const APP_SCHEMES = /^(?:https?|capacitor|ionic|tauri):$/;

const OPEN: CrossOriginRule = { methods: 'GET, HEAD', origins: 'any' };
const CLIENT: CrossOriginRule = { methods: 'POST', origins: 'client' };

/**
 * Paths that scripts of other origins may call. Bearer endpoints are open to all: a token is needed,
 * and no cookie counts there.
 */
export const CROSS_ORIGIN_RULES: ReadonlyMap<string, CrossOriginRule> = new Map([
  ...[...METADATA_PATHS, PATHS.jwks, '/api/v1/me', '/api/v1/organizers'].map(
    (path) => [path, OPEN] as const,
  ),
  [REGISTRATION_PATH, { methods: 'POST', origins: 'any' }],
  ...[PATHS.token, PATHS.revocation, PATHS.pushed_authorization_request].map(
    (path) => [path, CLIENT] as const,
  ),
]);

/**
 * Tests if scripts of an origin may read the responses to a client: those of the redirect URIs of a
 * public client. A native one (loopback or a private-use scheme) may use any origin on this machine:
 * a development server, or the page inside a hybrid app.
 */
export function mayRead(origin: string, client: Client): boolean {
  if (client.clientAuthMethod !== 'none') {
    return false;
  }
  const { protocol, hostname } = URL.parse(origin) ?? { protocol: '', hostname: '' };
  const isLocal = APP_SCHEMES.test(protocol) && isLoopbackHost(hostname);
  return (
    (client.applicationType === 'native' && isLocal) ||
    (origin !== 'null' &&
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin))
  );
}

/**
 * Tests if a request has to be refused because of its origin: a web page that cannot read the
 * response would use up a code in vain. A backend, a desktop program or a browser extension may send
 * any `Origin`.
 */
export function isForeignPage(origin: string, client: Client): boolean {
  return client.clientAuthMethod === 'none' && /^https?:/.test(origin) && !mayRead(origin, client);
}
