import { isLoopbackHost } from '../lib/loopback.ts';
import type { ClientType } from './application.ts';
import type { ApplicationText } from './texts.ts';

/** Longest redirect URI, in characters. */
const LENGTH_LIMIT = 2000;
/** Largest number of redirect URIs of an application. */
export const REDIRECT_URI_LIMIT = 20;

/** The characters of a URI (RFC 3986 section 2), each `%` with two digits after it. */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const HOST_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;
/** A domain name backwards (RFC 8252 section 7.1). */
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$/;
/** Schemes without a dot that programs have registered with the operating systems. */
const KNOWN_SCHEMES: ReadonlySet<string> = new Set([
  'antigravity',
  'claude',
  'code-oss',
  'cursor',
  'goose',
  'jetbrains',
  'kiro',
  'obsidian',
  'raycast',
  'trae',
  'vscode',
  'vscode-insiders',
  'vscodium',
  'warp',
  'windsurf',
  'windsurf-next',
  'zed',
]);
/**
 * Parameters of an authorization response. They are appended to the query of a redirect URI, which
 * must not have them already.
 * @see RFC 6749 §4.1.2, RFC 9207 §2
 */
export const RESPONSE_PARAMETERS: ReadonlySet<string> = new Set([
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'response',
  'scope',
]);

/** Rule that a redirect URI breaks: `redirect_uri.<code>` in `views/applications/` is its sentence. */
export type RedirectUriCode = {
  [Key in ApplicationText]: Key extends `redirect_uri.${infer Code}` ? Code : never;
}[ApplicationText];

/** Broken rule, with the values for its sentence. */
export interface RedirectUriProblem {
  readonly code: RedirectUriCode;
  readonly params?: Readonly<Record<string, string | number>>;
}

type Verdict = RedirectUriProblem | undefined;

/**
 * Checks a redirect URI. Requests have to name one of them character by character, so each URI has
 * one form only.
 * @param customSchemes private-use schemes without a dot that are accepted beside the known ones
 * @returns the first rule that it breaks; undefined if it is accepted
 * @see RFC 9700 §2.1, §4.1.3
 */
export function checkRedirectUri(
  uri: string,
  clientType: ClientType,
  customSchemes: readonly string[] = [],
): Verdict {
  if (uri === '') {
    return { code: 'empty' };
  }
  if (uri.length > LENGTH_LIMIT) {
    return { code: 'long', params: { limit: LENGTH_LIMIT } };
  }
  if (/[\s\p{Cc}\\]/u.test(uri)) {
    return { code: 'space' };
  }
  if (uri.includes('*')) {
    return { code: 'wildcard' };
  }
  if (uri.includes('#')) {
    return { code: 'fragment' };
  }
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri) ?? [];
  if (scheme === undefined) {
    return { code: 'relative' };
  }
  if (scheme !== scheme.toLowerCase()) {
    return { code: 'scheme_case', params: { scheme: scheme.toLowerCase() } };
  }
  return scheme === 'https' || scheme === 'http'
    ? checkWeb(uri, scheme, clientType)
    : checkPrivateUse(uri, { scheme, customSchemes }, clientType);
}

function checkWeb(uri: string, scheme: string, clientType: ClientType): Verdict {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/.exec(uri) ?? [];
  const url = URL.parse(uri);
  if (authority === '' || url === null) {
    return { code: 'host' };
  }
  if (authority.includes('@')) {
    return { code: 'user' };
  }
  const host = authority.replace(/:[0-9]*$/, '');
  const isAddress = url.hostname.startsWith('[') || /^[0-9.]+$/.test(url.hostname);
  if (isAddress && host !== url.hostname) {
    return isLoopbackHost(url.hostname)
      ? { code: 'address_form', params: { host: url.hostname } }
      : { code: 'address_form_host' };
  }
  if (!isAddress && !HOST_NAME.test(url.hostname)) {
    return { code: 'host_name', params: { host: url.hostname } };
  }
  return (
    checkHost(url.hostname, isAddress, scheme, clientType) ??
    checkCharacters(uri) ??
    checkParameters(url) ??
    checkNormalForm(uri, url)
  );
}

function checkHost(
  host: string,
  isAddress: boolean,
  scheme: string,
  clientType: ClientType,
): Verdict {
  const loopback = isLoopbackHost(host);
  if (scheme === 'http' && !loopback) {
    return { code: 'http' };
  }
  if (scheme === 'https' && isAddress && !loopback) {
    return { code: 'address' };
  }
  if (scheme === 'https' && loopback && clientType === 'public') {
    return { code: 'loopback_tls', params: { host } };
  }
  return undefined;
}

function checkPrivateUse(
  uri: string,
  { scheme, customSchemes }: { readonly scheme: string; readonly customSchemes: readonly string[] },
  clientType: ClientType,
): Verdict {
  const isKnown = KNOWN_SCHEMES.has(scheme) || customSchemes.includes(scheme);
  if (!isKnown && !PRIVATE_USE_SCHEME.test(scheme)) {
    return { code: clientType === 'public' ? 'scheme_public' : 'scheme', params: { scheme } };
  }
  if (clientType === 'confidential') {
    return { code: 'scheme_own' };
  }
  const url = URL.parse(uri);
  if (url === null || !uri.startsWith(`${scheme}:/`)) {
    return { code: 'path', params: { scheme } };
  }
  if (url.username !== '' || url.password !== '' || /^[^/]+:\/\/[^/?]*@/.test(uri)) {
    return { code: 'user' };
  }
  return checkCharacters(uri) ?? checkParameters(url) ?? checkNormalForm(uri, url);
}

function checkParameters(url: URL): Verdict {
  const name = [...url.searchParams.keys()].find((one) => RESPONSE_PARAMETERS.has(one));
  return name === undefined ? undefined : { code: 'parameter', params: { name } };
}

function checkCharacters(uri: string): Verdict {
  return URI_CHARACTERS.test(uri) ? undefined : { code: 'characters' };
}

/** Browsers open the normal form: another form would show what is not used. */
function checkNormalForm(uri: string, url: URL): Verdict {
  const withoutPath = url.pathname === '/' && url.search === '' && `${uri}/` === url.href;
  return uri === url.href || withoutPath
    ? undefined
    : { code: 'normal_form', params: { uri: url.href } };
}

/** Returns the host of a redirect URI as users know it, or its scheme and a colon. */
export function redirectHostOf(uri: string): string {
  const url = URL.parse(uri);
  if (url === null) {
    return uri;
  }
  // After a private-use scheme, a host is anybody's own choice and leads nowhere.
  return /^https?:$/.test(url.protocol) ? url.host : url.protocol;
}
