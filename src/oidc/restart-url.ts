import { PATHS } from './paths.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** Prefix of the `request_uri` of a pushed request. @see RFC 9126 §2.2 */
const PUSHED_REQUEST = 'urn:ietf:params:oauth:request_uri:';

/** Returns the URL that starts a request over, without its `prompt=login`. */
export function restartUrl(issuer: string, params: Parameters): string {
  const url = new URL(PATHS.authorization, issuer);
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') {
      url.searchParams.set(name, value);
    }
  }
  const prompt = promptsOf(params).filter((one) => one !== 'login');
  if (prompt.length > 0) {
    url.searchParams.set('prompt', prompt.join(' '));
  } else {
    url.searchParams.delete('prompt');
  }
  return url.href;
}

/** Returns the URL of a pushed request; its parameters stay where they were pushed. */
export function pushedRequestUrl(issuer: string, clientId: unknown, id: string): string {
  const url = new URL(PATHS.authorization, issuer);
  url.searchParams.set('client_id', String(clientId));
  url.searchParams.set('request_uri', PUSHED_REQUEST + id);
  return url.href;
}

/** Returns the values of `prompt`. */
export function promptsOf({ prompt }: Parameters): string[] {
  return typeof prompt === 'string' ? prompt.split(' ') : [];
}

/** Returns the path and query of `restartUrl`, for a link. */
export function restartPath(issuer: string, params: Readonly<Record<string, unknown>>): string {
  const { pathname, search } = new URL(restartUrl(issuer, params));
  return pathname + search;
}
