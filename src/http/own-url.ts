import type { IncomingMessage } from 'node:http';

/** Configured address of a server. */
export interface Site {
  readonly issuer: string;
  /** Number of reverse proxies in front that set `X-Forwarded-For`, or `Forwarded`. */
  readonly trustProxy: number;
}

/**
 * Makes the issuer the only source of our own URLs and of "is this https". A forged `Host`,
 * `X-Forwarded-*` header or request line must not end up in metadata, redirects, cookies, or in the
 * URL that a DPoP proof is compared with. Koa and oidc-provider read these headers with `app.proxy`.
 * @returns a function that rewrites a request, and returns false if the request is for no place here
 */
export function ownUrl({ issuer, trustProxy }: Site): (request: IncomingMessage) => boolean {
  const { host, protocol } = new URL(issuer);
  return (request) => {
    const { headers } = request;
    if (trustProxy === 0) {
      delete headers['x-request-id'];
    }
    const target = toOriginForm(request.url ?? '', host);
    if (target === undefined) {
      return false;
    }
    request.url = target;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    headers.host = host;
    if (trustProxy === 0) {
      delete headers['x-forwarded-for'];
    } else if (headers.forwarded !== undefined) {
      // Where both are sent, the usual one counts.
      headers['x-forwarded-for'] ??= toForwardedFor(headers.forwarded);
    }
    return true;
  };
}

/** Elements of the header, and the value of `for` in one of them. Quoted values may have commas. */
const ELEMENT = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;
const FOR = /(?:^|;)\s*for\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/i;

/**
 * Converts the header `Forwarded` to the form of `X-Forwarded-For`: the clients and proxies of the
 * chain. An element without a usable address keeps its place, so that hops are counted right.
 * @see RFC 7239 §5.2, §6
 */
function toForwardedFor(forwarded: string): string {
  const elements = forwarded.match(ELEMENT) ?? [];
  return elements
    .map((element) => {
      const [, quoted, plain] = FOR.exec(element) ?? [];
      return (quoted ?? plain ?? '').replace(/[\\,]/g, '') || 'unknown';
    })
    .join(', ');
}

/** Visible ASCII but `#`: nothing else may stand in a request target (RFC 9112 section 3.2). */
const TARGET = /^[!"$-~]+$/;
const ABSOLUTE = /^https?:\/\/([^/?\\]+)(.*)$/i;
/** A backslash is a slash to some parsers, and no path of this server holds a control character. */
const REFUSED_IN_PATH = /\\|%[01][0-9a-f]|%7f/i;

/**
 * Turns the target of a request line into path and query. A target in absolute form is accepted only
 * if it names our own host, as proxies write it.
 * @param host host and port of the issuer, as `URL.host` has them
 * @returns undefined if the target is not a path of this server
 * @see RFC 9112 section 3.2
 */
function toOriginForm(target: string, host: string): string | undefined {
  if (!TARGET.test(target)) {
    return undefined;
  }
  if (target.startsWith('/')) {
    return isPath(target) ? target : undefined;
  }
  const [, authority = '@', rest = ''] = ABSOLUTE.exec(target) ?? [];
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const isOwn = !authority.includes('@') && URL.parse(target)?.host === host;
  return isOwn && isPath(path) ? path : undefined;
}

/** Two slashes at the start would be an authority if the path is resolved as a reference. */
function isPath(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return !path.startsWith('//') && !REFUSED_IN_PATH.test(path);
}
