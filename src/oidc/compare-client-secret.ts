import { timingSafeEqual } from 'node:crypto';
import type { Client } from 'oidc-provider';
import type { RecordSecretUse } from '../client-secrets/record-use.ts';
import { hashOf } from '../lib/credentials.ts';

/**
 * Makes what replaces `Client.prototype.compareClientSecret`, the provider's documented place for
 * hashed and several secrets. Every hash is compared, so that the time does not tell which one
 * matched; of the one that did, the use is noted.
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
