import type { Database } from '../db/database.ts';
import { readCredentials } from '../resource-server/authorization-header.ts';
import { challengeFor } from '../resource-server/challenge.ts';
import { createProofCheck } from '../resource-server/dpop.ts';
import { bindingInvalid, scopeMissing, tokenInvalid } from '../resource-server/refusal.ts';
import type { VerifiableRequest } from '../resource-server/verifiable-request.ts';
import { findLiveAccessToken, type KnownScopes, type LiveToken } from '../tokens/introspect.ts';
import { type OnReplay, useProof } from '../tokens/use-proof.ts';

/** Decides who is let in to the endpoints of this server that take access tokens. */
export type Admit = (request: VerifiableRequest, scopes: readonly string[]) => Promise<LiveToken>;

/**
 * The kit's rules for our own endpoints: the same credentials, the same proofs, the same refusals.
 * The token is looked up where the kit would ask, and used proofs are remembered by the database,
 * so that one is good once in all processes.
 * @returns a function that throws RefusedError with the answer to send
 * @see RFC 6750 §3, RFC 9449 §7
 */
export function createAdmit(
  { database, onReplay }: { database: Database; onReplay?: OnReplay | undefined },
  issuer: string,
  known: KnownScopes,
): Admit {
  const proofs = createProofCheck({
    url: issuer,
    onReplay: (proof) => onReplay?.({ endpoint: 'bearer', ...proof }),
    replay: {
      remember: (id, seconds) =>
        useProof(database.db, { hash: Buffer.from(id, 'base64url'), lifetime: seconds }),
    },
  });
  return async (request, scopes) => {
    const { scheme, token } = readCredentials(request.headers, true);
    const challenge = challengeFor(true, scheme);
    const proof = scheme === 'DPoP' ? await proofs.read(request, token, challenge) : undefined;
    const found = await findLiveAccessToken(database, known, token);
    if (found === undefined) {
      throw tokenInvalid(challenge);
    }
    // Also where one of them is missing: a bound token without a proof, a proof of no binding.
    if (found.jkt !== proof?.jkt) {
      throw bindingInvalid(challenge);
    }
    if (proof !== undefined) {
      await proofs.use(request, proof, challenge, found.userId);
    }
    if (!found.scope.split(' ').some((scope) => scopes.includes(scope))) {
      throw scopeMissing(challenge, scopes);
    }
    return found;
  };
}
