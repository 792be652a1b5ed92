import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ownValue } from '../lib/own-value.ts';
import { isUnprintable } from '../lib/printable.ts';
import type { PublicJwk } from '../lib/public-jwk.ts';

/** Algorithms of signatures that clients may authenticate with; all are asymmetric. */
export const ASSERTION_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;

/** A usable public key. */
export interface PublicKey {
  readonly jwk: PublicJwk;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
}

/** Reasons why a key is refused. */
export type KeyProblem =
  | 'algorithm'
  | 'kid'
  | 'private'
  | 'symmetric'
  | 'unreadable'
  | 'use'
  | 'weak';

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'];
/** Key types with the algorithms that fit, and the members of which the thumbprint is made. */
const TYPES: Readonly<
  Record<string, { algorithms: readonly string[]; members: readonly string[] }>
> = {
  EC: { algorithms: ['ES256'], members: ['crv', 'kty', 'x', 'y'] },
  OKP: { algorithms: ['EdDSA', 'Ed25519'], members: ['crv', 'kty', 'x'] },
  RSA: { algorithms: ['PS256', 'RS256'], members: ['e', 'kty', 'n'] },
};
const CURVES = ['P-256', 'Ed25519'];
const LONGEST_KID = 200;

/**
 * Reads one key.
 * @returns the problem if the server cannot or must not use it
 * @see RFC 7517, RFC 7518 §3.3 to §3.5, RFC 8037
 */
export function readPublicJwk(jwk: Readonly<Record<string, unknown>>): PublicKey | KeyProblem {
  const { kty, kid, use, alg, key_ops: operations } = jwk;
  if (kty === 'oct' || 'k' in jwk) {
    return 'symmetric';
  }
  if (typeof kty !== 'string') {
    return 'unreadable';
  }
  if (PRIVATE.some((name) => ownValue(jwk, name) !== undefined)) {
    return 'private';
  }
  if (
    (use !== undefined && use !== 'sig') ||
    (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
  ) {
    return 'use';
  }
  if (kid !== undefined && !isKid(kid)) {
    return 'kid';
  }
  const type = ownValue(TYPES, kty);
  const isKnown = alg === undefined || (typeof alg === 'string' && type?.algorithms.includes(alg));
  if (type === undefined || !isKnown || ('crv' in jwk && !CURVES.includes(String(jwk.crv)))) {
    return 'algorithm';
  }
  const members = Object.fromEntries(type.members.map((name) => [name, ownValue(jwk, name)]));
  const key = toKeyObject(members);
  if (key === undefined) {
    return 'unreadable';
  }
  return isWeak(key) ? 'weak' : toPublicKey(key, { kid, alg });
}

function isKid(kid: unknown): kid is string {
  return typeof kid === 'string' && kid !== '' && kid.length <= LONGEST_KID && !isUnprintable(kid);
}

function toKeyObject(jwk: Record<string, unknown>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** RSA with fewer than 2,048 bits, an unusual exponent, or so many bits that checking takes long. */
function isWeak({ asymmetricKeyDetails: details }: KeyObject): boolean {
  const { modulusLength: bits, publicExponent: exponent } = details ?? {};
  return bits !== undefined && !(bits >= 2_048 && bits <= 8_192 && exponent === 65_537n);
}

function toPublicKey(key: KeyObject, { kid, alg }: { kid: unknown; alg: unknown }): PublicKey {
  const { kty = '', ...rest } = key.export({ format: 'jwk' });
  const members = Object.entries(rest).map(([name, value]) => [name, String(value)] as const);
  const sorted = Object.fromEntries(
    [['kty', kty] as const, ...members].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const thumbprint = createHash('sha256').update(JSON.stringify(sorted)).digest('base64url');
  return {
    jwk: {
      ...Object.fromEntries(members),
      kty,
      kid: isKid(kid) ? kid : thumbprint,
      use: 'sig',
      ...(typeof alg === 'string' ? { alg } : {}),
    },
    thumbprint,
  };
}
