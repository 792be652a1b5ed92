import { isAccessToken } from './access-token.ts';
import { tokenInvalid, tokenMissing } from './refusal.ts';

/** Headers of a `Request`, or those of `node:http` (`headers` or `headersDistinct`). */
export type RequestHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Takes the token out of the `Authorization` header, and out of nowhere else: a token in a URL
 * ends in logs, and one in a form could come from another site's page.
 * @see RFC 6750 §2.1
 * @throws RefusedError `token_missing`; `token_invalid` for what can't be an access token of ours
 */
export function readBearerToken(headers: RequestHeaders): string {
  const given = authorizationOf(headers);
  if (given.length === 0) {
    throw tokenMissing();
  }
  const [header] = given;
  if (header === undefined || given.length > 1) {
    // Two credentials: whoever stands in front may have checked the other one.
    throw tokenInvalid();
  }
  const space = header.indexOf(' ');
  const scheme = space === -1 ? header : header.slice(0, space);
  const token = space === -1 ? '' : header.slice(space).trim();
  if (scheme.toLowerCase() !== 'bearer' || token === '') {
    throw tokenMissing();
  }
  if (!isAccessToken(token)) {
    throw tokenInvalid();
  }
  return token;
}

function authorizationOf(headers: RequestHeaders): readonly string[] {
  const value = headers instanceof Headers ? headers.get('authorization') : headers.authorization;
  return [value ?? []].flat();
}
