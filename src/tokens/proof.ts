/**
 * The algorithms of DPoP proofs that this server takes. RSA is left out: its keys would make every
 * request a kilobyte longer.
 * @see RFC 9449 §5.1
 */
export const DPOP_ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA'] as const;

/** Tests if `value` can be the SHA-256 thumbprint of a key. @see RFC 7638 §3 */
export function isThumbprint(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}
