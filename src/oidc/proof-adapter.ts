import { errors, Provider } from 'oidc-provider';
import { useProof } from '../tokens/proof-store.ts';
import { takeAssertionHash } from './client-keys.ts';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { nowEpoch } from './time.ts';

/**
 * DPoP proofs and client assertions that were used. The provider looks for one and stores it afterwards, between which
 * another request fits; so nothing is ever found here, and storing is what refuses.
 * @see RFC 9449 §11.1, RFC 7523 §3
 */
export function proofAdapter({ db, onReplay }: AdapterDeps): PartialAdapter {
  return {
    find: async () => undefined,
    upsert: async (id, payload) => {
      if (payload.exp === undefined) {
        throw new Error('a used proof needs an end');
      }
      const window = payload.exp - nowEpoch();
      const assertion = takeAssertionHash();
      if (assertion !== undefined) {
        const used = { hash: assertion, lifetime: window + 60 };
        if (!(await useProof(currentTransaction() ?? db, used))) {
          throw new errors.InvalidClientAuth('client assertion was used before');
        }
        return;
      }
      const unused = await useProof(currentTransaction() ?? db, {
        // The provider's id is the hash of client and `jti` already.
        hash: Buffer.from(id, 'base64url'),
        // A proof may be dated as far ahead as the provider looks back; and a minute for good measure.
        lifetime: 2 * window + 60,
      });
      if (!unused) {
        // Elsewhere a replay takes no token and no secret, and anybody could fill the log.
        if (Provider.ctx?.oidc.route === 'token') {
          onReplay({ endpoint: 'token' });
        }
        // The provider would call it `invalid_grant`; RFC 9449 section 5 has a name for it.
        throw new errors.InvalidDpopProof('DPoP proof was used before');
      }
    },
  };
}
