import type { RequestHeaders } from './authorization-header.ts';

/** Headers that allow scripts of other origins, and the kind of the request. */
export interface CrossOriginAnswer {
  /** The browser asks before its request: answer 204 with these headers and without a body. */
  readonly isPreflight: boolean;
  /** For every response of the route, refusals too: otherwise a script cannot read them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Seconds that a browser may remember the answer to a preflight. */
const MAX_AGE = 3600;
/** A list of header names, which is repeated in the answer. */
const NAMES = /^[\w\-, ]{1,1000}$/;

/**
 * Returns the headers of the CORS protocol for an API that takes access tokens: scripts of any
 * origin may call it, because a request without a token gets nothing. Browsers never send cookies
 * with it: `Access-Control-Allow-Credentials` is missing.
 *
 * ```ts
 * const { isPreflight, headers } = crossOrigin(request);
 * for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
 * if (isPreflight) return response.writeHead(204).end();
 * ```
 * @param methods those of the route, in the form of the header `Allow`
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function crossOrigin(
  { method, headers }: { readonly method: string; readonly headers: RequestHeaders },
  methods = 'GET, HEAD, POST, PUT, PATCH, DELETE',
): CrossOriginAnswer {
  const allowed = { 'Access-Control-Allow-Origin': '*' };
  const wanted = valuesIn(headers, 'access-control-request-method');
  if (method !== 'OPTIONS' || wanted === '') {
    const exposed = 'WWW-Authenticate, DPoP-Nonce, Retry-After';
    return {
      isPreflight: false,
      headers: { ...allowed, 'Access-Control-Expose-Headers': exposed },
    };
  }
  const names = valuesIn(headers, 'access-control-request-headers');
  return {
    isPreflight: true,
    headers: {
      ...allowed,
      'Access-Control-Allow-Methods': methods,
      ...(NAMES.test(names) ? { 'Access-Control-Allow-Headers': names } : {}),
      'Access-Control-Max-Age': String(MAX_AGE),
    },
  };
}

function valuesIn(
  headers: RequestHeaders,
  name: 'access-control-request-method' | 'access-control-request-headers',
): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return [value ?? []].flat().join(', ');
}
