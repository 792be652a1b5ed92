import { isLoopbackHost } from '../lib/loopback.ts';
import { quote } from '../lib/printable.ts';
import type { ClientType } from './application.ts';

/** Longest redirect URI, in characters. */
const LENGTH_LIMIT = 2000;
/** Redirect URIs of one application. */
const COUNT_LIMIT = 20;

/** The characters of a URI (RFC 3986 section 2), each `%` with two digits after it. */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const HOST_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;
/** A domain name backwards (RFC 8252 section 7.1). */
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$/;

const HTTPS = 'an https URL such as https://app.example.com/callback';

/**
 * Checks the redirect URIs of an application; returns one sentence for each problem.
 * @see RFC 9700 §2.1, §4.1.3: compared as strings, hence each in one form only
 */
export function checkRedirectUris(uris: readonly string[], clientType: ClientType): string[] {
  if (uris.length === 0) {
    return ['At least one redirect URI is needed.'];
  }
  if (uris.length > COUNT_LIMIT) {
    return [`At most ${COUNT_LIMIT} redirect URIs are possible.`];
  }
  const wrong = uris.flatMap((uri) => {
    const problem = checkRedirectUri(uri, clientType);
    return problem === undefined ? [] : [`${quote(uri)}: ${problem}`];
  });
  const twice = uris.filter((uri, index) => uris.indexOf(uri) !== index);
  return [...wrong, ...[...new Set(twice)].map((uri) => `${quote(uri)} is there twice.`)];
}

/** Returns the problem of a redirect URI with an accepted form; undefined if there is none. */
export function checkRedirectUri(uri: string, clientType: ClientType): string | undefined {
  if (uri === '') {
    return `It is empty. Give ${HTTPS}.`;
  }
  if (uri.length > LENGTH_LIMIT) {
    return `It is longer than ${LENGTH_LIMIT} characters. Give a shorter one.`;
  }
  if (/[\s\p{Cc}\\]/u.test(uri)) {
    return 'It holds a space, a control character or a backslash. Leave them out, or percent-encode them.';
  }
  if (uri.includes('*')) {
    return 'Wildcards (*) are not possible. Register each redirect URI in full.';
  }
  if (uri.includes('#')) {
    return 'A fragment (#…) is not possible (RFC 6749 section 3.1.2). Leave it out.';
  }
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri) ?? [];
  if (scheme === undefined) {
    return `It is not an absolute URI. Give ${HTTPS}.`;
  }
  if (scheme !== scheme.toLowerCase()) {
    return `The scheme is not in lower case. Write it as ${scheme.toLowerCase()}:.`;
  }
  return scheme === 'https' || scheme === 'http'
    ? checkWeb(uri, scheme, clientType)
    : checkPrivateUse(uri, scheme, clientType);
}

function checkWeb(uri: string, scheme: string, clientType: ClientType): string | undefined {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/.exec(uri) ?? [];
  const url = URL.parse(uri);
  if (authority === '' || url === null) {
    return `It has no host, or one that can't be. Give ${HTTPS}.`;
  }
  if (authority.includes('@')) {
    return 'A user name or password is not possible. Leave out what stands before the @.';
  }
  const host = authority.replace(/:[0-9]*$/, '');
  const isAddress = url.hostname.startsWith('[') || /^[0-9.]+$/.test(url.hostname);
  if (isAddress && host !== url.hostname) {
    return `The IP address is not written in its usual form. ${reachable(url.hostname)}`;
  }
  if (!isAddress && !HOST_NAME.test(url.hostname)) {
    return `${url.hostname} is not a host name. Give ${HTTPS}.`;
  }
  return (
    checkHost(url.hostname, isAddress, scheme, clientType) ??
    checkCharacters(uri) ??
    checkNormalForm(uri, url)
  );
}

function checkHost(
  host: string,
  isAddress: boolean,
  scheme: string,
  clientType: ClientType,
): string | undefined {
  const loopback = isLoopbackHost(host);
  if (scheme === 'http' && !loopback) {
    return 'http is possible for 127.0.0.1, [::1] and localhost only. Use https for any other host.';
  }
  if (scheme === 'https' && isAddress && !loopback) {
    return `An IP address is possible on loopback only. Give ${HTTPS}, with a host name.`;
  }
  if (scheme === 'https' && loopback && clientType === 'public') {
    return `A public application receives on loopback without TLS (RFC 8252 section 7.3). Use http://${host}.`;
  }
  return undefined;
}

function checkPrivateUse(uri: string, scheme: string, clientType: ClientType): string | undefined {
  if (!PRIVATE_USE_SCHEME.test(scheme)) {
    return `The scheme ${scheme}: is not possible. Give ${HTTPS}${clientType === 'public' ? ', or a scheme after a domain of yours such as com.example.app:/callback' : ''}.`;
  }
  if (clientType === 'confidential') {
    return `A scheme of its own is for public applications. Give ${HTTPS}.`;
  }
  const url = URL.parse(uri);
  if (url === null || !uri.startsWith(`${scheme}:/`)) {
    return `After the scheme, a path has to follow. Write it as ${scheme}:/callback.`;
  }
  if (url.username !== '' || url.password !== '' || /^[^/]+:\/\/[^/?]*@/.test(uri)) {
    return 'A user name or password is not possible. Leave out what stands before the @.';
  }
  return checkCharacters(uri) ?? checkNormalForm(uri, url);
}

function checkCharacters(uri: string): string | undefined {
  return URI_CHARACTERS.test(uri)
    ? undefined
    : "It holds a character that a URI can't have as it is (RFC 3986). Percent-encode it; write a host name with other letters in Punycode (xn--…).";
}

/** Browsers go to the normal form: where that is another one, what is shown is not what is used. */
function checkNormalForm(uri: string, url: URL): string | undefined {
  const withoutPath = url.pathname === '/' && url.search === '' && `${uri}/` === url.href;
  return uri === url.href || withoutPath
    ? undefined
    : `It is not in its normal form. Write it as ${url.href}.`;
}

function reachable(host: string): string {
  return isLoopbackHost(host)
    ? `Write it as ${host}.`
    : `Give ${HTTPS}, with a host name instead of an IP address.`;
}
