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

/** A DPoP proof, by what makes it the only one of its kind. */
export interface UsedProof {
  /** SHA-256 of who made it and its `jti`, 32 bytes. */
  readonly hash: Uint8Array;
  /** Seconds for which its like is refused: at least as long as it would be taken otherwise. */
  readonly lifetime: number;
}

/** Called for each request that was refused because its proof was used before. */
export type OnReplay = (where: {
  readonly endpoint: 'bearer' | 'token';
  readonly jkt?: string;
  readonly user?: string;
}) => void;
