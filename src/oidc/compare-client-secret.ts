import { timingSafeEqual } from 'node:crypto';
import type { Client } from 'oidc-provider';
import type { RecordSecretUse } from '../client-secrets/store.ts';
import { hashOf } from '../lib/credentials.ts';

/**
 * Returns a replacement for `Client.prototype.compareClientSecret`, the provider's documented place
 * for hashed and several secrets. Compares every hash, so that the time does not reveal which one
 * matched. Records the use of that one.
 */
export function compareClientSecret(recordUse: RecordSecretUse) {
  return function compare(this: Client, presented: string): boolean {
    const hashes = Array.isArray(this.secret_hashes) ? this.secret_hashes : [];
    const actual = hashOf(presented);
    let matches = false;
    for (const hash of hashes) {
      matches = timingSafeEqual(Buffer.from(String(hash), 'hex'), actual) || matches;
    }
    if (matches) {
      recordUse(actual);
    }
    return matches;
  };
}
