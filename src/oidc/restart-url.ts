import { PATHS } from './paths.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** Prefix of the `request_uri` of a pushed request. @see RFC 9126 §2.2 */
export const PUSHED_REQUEST = 'urn:ietf:params:oauth:request_uri:';

/** Values of `prompt` that a sign-in satisfies. */
const SATISFIED = ['login', 'select_account'];

/** Returns the URL that starts a request over after a sign-in. */
export function restartUrl(issuer: string, params: Parameters): string {
  const url = new URL(PATHS.authorization, issuer);
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') {
      url.searchParams.set(name, value);
    } else if (name === 'resource' && Array.isArray(value)) {
      for (const one of value) {
        url.searchParams.append(name, String(one));
      }
    }
  }
  const prompt = promptsOf(params).filter((one) => !SATISFIED.includes(one));
  if (prompt.length > 0) {
    url.searchParams.set('prompt', prompt.join(' '));
  } else {
    url.searchParams.delete('prompt');
  }
  return url.href;
}

/**
 * Parameter of the URL of a pushed request: the user has selected an account. The provider ignores
 * it.
 */
export const ACCOUNT_SELECTED = 'account_selected';

/**
 * Returns the URL that starts a pushed request over after a sign-in. Its parameters stay where they
 * were pushed; the language is repeated for the sign-in page.
 */
export function pushedRequestUrl(issuer: string, params: Parameters, id: string): string {
  const url = new URL(PATHS.authorization, issuer);
  url.searchParams.set('client_id', String(params.client_id));
  url.searchParams.set('request_uri', PUSHED_REQUEST + id);
  if (promptsOf(params).includes('select_account')) {
    url.searchParams.set(ACCOUNT_SELECTED, '1');
  }
  if (typeof params.ui_locales === 'string') {
    url.searchParams.set('ui_locales', params.ui_locales);
  }
  return url.href;
}

/** Returns the values of `prompt`. */
export function promptsOf({ prompt }: Parameters): string[] {
  return typeof prompt === 'string' ? prompt.split(' ') : [];
}

/** The part of a waiting request that starts it over. */
interface Waiting {
  readonly params: Parameters;
  /** ID of the pushed request. */
  readonly parJti?: string | undefined;
}

/** Returns the URL that starts a waiting request over. */
export function waitingUrl(issuer: string, { params, parJti }: Waiting): string {
  return parJti === undefined
    ? restartUrl(issuer, params)
    : pushedRequestUrl(issuer, params, parJti);
}

/** Returns the path and query of `waitingUrl`, for a link. */
export function restartPath(issuer: string, waiting: Waiting): string {
  const { pathname, search } = new URL(waitingUrl(issuer, waiting));
  return pathname + search;
}
