import { createPublicKey } from 'node:crypto';
import { type KeyProblem, type PublicKey, readPublicJwk } from './public-key.ts';

/** Longest text with keys, in characters. */
export const LONGEST_KEYS = 20_000;

/**
 * Reads the keys in a text from a person: a JWK Set, one JWK, a list of JWKs, or public keys in PEM.
 * The text may contain a private key by mistake: it must not be kept, logged or shown.
 * @returns the first problem; `unreadable` also if there are none
 */
export function readKeys(text: string): readonly PublicKey[] | KeyProblem {
  if (/PRIVATE KEY/i.test(text)) {
    return 'private';
  }
  const jwks = text.trim().startsWith('-') ? fromPem(text) : fromJson(text);
  if (jwks === undefined || jwks.length === 0) {
    return 'unreadable';
  }
  const keys: PublicKey[] = [];
  for (const jwk of jwks) {
    const read = isObject(jwk) ? readPublicJwk(jwk) : 'unreadable';
    if (typeof read === 'string') {
      return read;
    }
    keys.push(read);
  }
  return keys;
}

/** Reads a JWK Set, and leaves out repeated keys and those that this server cannot use. */
export function usableKeys(set: unknown): readonly PublicKey[] {
  const jwks = isObject(set) && Array.isArray(set.keys) ? set.keys : [];
  const keys = jwks
    .filter(isObject)
    .map(readPublicJwk)
    .filter((one) => typeof one !== 'string');
  const isFirst = ({ jwk, thumbprint }: PublicKey, index: number) =>
    keys.findIndex((one) => one.jwk.kid === jwk.kid || one.thumbprint === thumbprint) === index;
  return keys.filter(isFirst).slice(0, MOST_IN_A_SET);
}

/** More keys of one set are not used. */
const MOST_IN_A_SET = 10;

function fromJson(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = text.length > LONGEST_KEYS ? undefined : JSON.parse(text);
    if (isObject(value) && 'keys' in value) {
      return Array.isArray(value.keys) ? value.keys : undefined;
    }
    return value === undefined ? undefined : [value].flat();
  } catch {
    return undefined;
  }
}

function fromPem(text: string): readonly unknown[] | undefined {
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g) ?? [];
  try {
    return blocks.map((pem) => createPublicKey(pem).export({ format: 'jwk' }));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
