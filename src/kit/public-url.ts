import type { VerifiableRequest } from './verifiable-request.ts';

/** The URL under which applications call this API; see `DPoPOptions.url`. */
export type PublicUrl = string | ((request: VerifiableRequest) => string);

/**
 * Returns the URL as the application called it. Ignores the request's host: a proof for another
 * API, sent here with that API's name, would pass.
 * @throws TypeError if the request has no path
 */
export function publicUrlOf(publicUrl: PublicUrl, request: VerifiableRequest): string {
  if (typeof publicUrl === 'function') {
    return publicUrl(request);
  }
  if (request.url === undefined) {
    throw new TypeError('verify needs the url of a request to check its DPoP proof.');
  }
  return publicUrl.replace(/\/$/, '') + pathOf(request.url);
}

/** Of what the request line says: most often a path, from a proxy a URL. */
function pathOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path.startsWith('/') ? path : new URL(path).pathname;
}
