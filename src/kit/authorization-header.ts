import { crc32 } from 'node:zlib';
import type { ChallengeBy, Scheme } from './challenge.ts';
import { tokenInvalid, tokenMissing } from './refusal.ts';

/** Headers of a `Request`, or those of `node:http` (`headers` or `headersDistinct`). */
export type RequestHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A token, and how it was sent. */
export interface Credentials {
  readonly scheme: Scheme;
  readonly token: string;
}

/**
 * Takes the token out of the `Authorization` header, and out of nowhere else: a token in a URL
 * ends in logs, and one in a form could come from another site's page.
 * @param takesProofs whether the scheme DPoP is known here
 * @see RFC 6750 §2.1, RFC 9449 §7.1
 * @throws RefusedError `token_missing`; `token_invalid` for what can't be an access token of ours
 */
export function readCredentials(
  headers: RequestHeaders,
  takesProofs: boolean,
  challengeBy: ChallengeBy,
): Credentials {
  const given = valuesOf(headers, 'authorization');
  if (given.length === 0) {
    throw tokenMissing(challengeBy(undefined));
  }
  const [header] = given;
  if (header === undefined || given.length > 1) {
    // Two credentials: a proxy in front may have checked the other one.
    throw tokenInvalid(challengeBy(undefined));
  }
  const space = header.indexOf(' ');
  const scheme = schemeOf(space === -1 ? header : header.slice(0, space), takesProofs);
  const token = space === -1 ? '' : header.slice(space).trim();
  if (scheme === undefined || token === '') {
    throw tokenMissing(challengeBy(undefined));
  }
  if (!isAccessToken(token)) {
    throw tokenInvalid(challengeBy(scheme));
  }
  return { scheme, token };
}

/** All values of a header. `Headers` joins them by commas. */
export function valuesOf(
  headers: RequestHeaders,
  name: 'authorization' | 'dpop',
): readonly string[] {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' ? [value] : [...(value ?? [])];
}

function schemeOf(word: string, takesProofs: boolean): Scheme | undefined {
  const name = word.toLowerCase();
  if (name === 'bearer') {
    return 'Bearer';
  }
  return name === 'dpop' && takesProofs ? 'DPoP' : undefined;
}

const PREFIX = 'sda_';
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const LENGTH = PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;
const FORM = /^sda_[0-9A-Za-z]{49}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Checks the form of an access token: prefix, 43 symbols, and a CRC-32 of both as 6 more. Other
 * values are refused without a request to the server.
 */
function isAccessToken(value: string): boolean {
  if (value.length !== LENGTH || !FORM.test(value)) {
    return false;
  }
  const body = value.slice(0, -CHECKSUM_LENGTH);
  return crc32(body) === fromBase62(value, body.length);
}

/** Reads the digits from a position to the end. */
function fromBase62(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < text.length; i += 1) {
    value = value * 62 + ALPHABET.indexOf(text.charAt(i));
  }
  return value;
}
