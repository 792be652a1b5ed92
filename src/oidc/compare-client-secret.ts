import { timingSafeEqual } from 'node:crypto';
import type { Client } from 'oidc-provider';
import { hashOf } from '../credentials.ts';

/**
 * Replaces `Client.prototype.compareClientSecret`, the provider's documented place for hashed and
 * several secrets. Every hash is compared, so that the time does not tell which one matched.
 */
export function compareClientSecret(this: Client, presented: string): boolean {
  const hashes = Array.isArray(this.secret_hashes) ? this.secret_hashes : [];
  const actual = hashOf(presented);
  let matches = false;
  for (const hash of hashes) {
    matches = timingSafeEqual(Buffer.from(String(hash), 'hex'), actual) || matches;
  }
  return matches;
}
