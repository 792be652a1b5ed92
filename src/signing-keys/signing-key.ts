import type { JWK } from 'jose';

/** The algorithm of our signatures: ECDSA with P-256. @see RFC 7518 §3.4 */
export const SIGNING_ALGORITHM = 'ES256';

/** Seconds for which verifiers may keep the published keys. */
export const KEYS_MAX_AGE = 300;

/**
 * Seconds for which a new key is published before it signs. By then every process publishes it, and
 * no verifier that keeps to `KEYS_MAX_AGE` still has a list without it.
 */
export const PUBLISHED_BEFORE = 900;

/**
 * Returns the seconds for which a key stays published after its last signature. A signed answer
 * describes one moment of an access token, so it has no use after that token's lifetime; one more
 * day covers clocks and later audits.
 */
export function publishedAfter(config: { readonly accessTokenTtl: number }): number {
  return config.accessTokenTtl + 86_400;
}

/** A new signing key. */
export interface NewSigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly sealedPrivateJwk: Uint8Array;
}

/** A signing key as it is stored, and what it is good for now. */
export interface SigningKey extends NewSigningKey {
  /** `next`: published, will sign later. `retired`: published, does not sign any more. */
  readonly state: 'next' | 'signing' | 'retired';
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** Null if no other key follows yet. */
  readonly retiredAt: Date | null;
  /** Seconds since it began to sign; negative before. */
  readonly signingFor: number;
}
