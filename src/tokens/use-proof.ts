import type { Db } from '../db/database.ts';
import { insertProof } from './proof-store.ts';

/** A DPoP proof, by what makes it the only one of its kind. */
export interface UsedProof {
  /** SHA-256 of who made it and its `jti`, 32 bytes. */
  readonly hash: Uint8Array;
  /** Seconds for which its like is refused: at least as long as it would be taken otherwise. */
  readonly lifetime: number;
}

/** Told of each request that was refused because its proof was used before. */
export type OnReplay = (where: {
  readonly endpoint: 'bearer' | 'token';
  readonly jkt?: string;
  readonly user?: string;
}) => void;

/**
 * Uses up a DPoP proof: of any number of concurrent uses exactly one gets `true`.
 * @see RFC 9449 §11.1
 */
export function useProof(db: Db, proof: UsedProof): Promise<boolean> {
  return insertProof(db, proof.hash, proof.lifetime);
}
