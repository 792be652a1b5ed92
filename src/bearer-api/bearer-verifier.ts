import { createResourceServer, type ResourceServer } from '@stagedoor/resource-server';
import type { Database } from '../db/database.ts';
import type { RequestCounter } from '../insights/request-counter.ts';
import { findLiveAccessToken, type TokenSettings } from '../tokens/introspect.ts';
import type { OnReplay } from '../tokens/proof.ts';
import { useProof } from '../tokens/proof-store.ts';

/** Dependencies of the bearer verification. */
export interface BearerVerifierDeps {
  readonly database: Database;
  readonly onReplay?: OnReplay | undefined;
  readonly issuer: string;
  /** Counts the API calls of applications. */
  readonly requestCounter?: Pick<RequestCounter, 'add'> | undefined;
  readonly settings: TokenSettings;
}

/**
 * Verifies access tokens at this server's own endpoints by the rules of the kit. Tokens are looked
 * up in the database, and used proofs are recorded there, so that a proof is valid once across all
 * processes.
 * @see RFC 6750 §3, RFC 9449 §7
 */
export function createBearerVerifier(deps: BearerVerifierDeps): ResourceServer {
  const { database, onReplay, issuer, settings, requestCounter } = deps;
  return createResourceServer({
    lookUp: async (token) => {
      const found = await findLiveAccessToken(database, settings, token);
      if (found === undefined) {
        return undefined;
      }
      requestCounter?.add(found.clientId, 'apiCalls');
      return {
        sub: found.userId,
        clientId: found.clientId,
        scopes: found.scope.split(' '),
        organizers: found.organizers,
        permissions: Object.fromEntries(found.permissions),
        audience: found.audience === undefined ? [] : [found.audience],
        issuedAt: found.iat,
        expiresAt: found.exp,
        jkt: found.jkt,
      };
    },
    // A token for an API service opens nothing here, unless an operator registered this server as one.
    resources: [issuer],
    dpop: {
      url: issuer,
      onReplay: (proof) => onReplay?.({ endpoint: 'bearer', ...proof }),
      replay: {
        remember: (id, seconds) =>
          useProof(database.db, { hash: Buffer.from(id, 'base64url'), lifetime: seconds }),
      },
    },
    // The server's own error handler logs these.
    onUnavailable: () => undefined,
  });
}
