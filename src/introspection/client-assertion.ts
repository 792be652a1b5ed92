import { jwtVerify } from 'jose';
import {
  ASSERTION_TYPE,
  assertionHash,
  findAssertionProblem,
  readAssertionNames,
} from '../client-keys/assertion.ts';
import type { KeySets } from '../client-keys/key-sets.ts';
import { ASSERTION_ALGORITHMS } from '../client-keys/public-key.ts';
import type { RecordKeyUse } from '../client-keys/store.ts';
import type { Db } from '../db/database.ts';
import type { PublicJwk } from '../lib/public-jwk.ts';
import { useProof } from '../tokens/proof-store.ts';

/** Seconds by which clocks may differ, as in oidc-provider. */
const CLOCK_TOLERANCE = 15;

/**
 * Authenticates an application by a JWT that it signed, as oidc-provider does at its endpoints.
 * @returns the client ID; undefined if the authentication failed
 * @see RFC 7523 §3
 */
export async function authenticateByAssertion(
  {
    db,
    keySets,
    issuer,
    recordKeyUse,
  }: { db: Db; keySets: KeySets; issuer: string; recordKeyUse: RecordKeyUse },
  { type, assertion, clientId }: { type: string; assertion: string; clientId: string | null },
): Promise<string | undefined> {
  const names = type === ASSERTION_TYPE ? readAssertionNames(assertion) : undefined;
  if (names === undefined || (clientId !== null && clientId !== names.clientId)) {
    return undefined;
  }
  const { clientId: sub, kid } = names;
  const keys = (await keySets.find(sub, kid)).filter((key) => kid === undefined || key.kid === kid);
  for (const key of keys) {
    const verified = await verify(assertion, key, sub);
    if (verified !== undefined) {
      const { payload: claims, protectedHeader: header } = verified;
      const isRight = findAssertionProblem({ claims, header }, issuer) === undefined;
      if (!isRight || !(await isFirstUse(db, sub, claims))) {
        return undefined;
      }
      recordKeyUse(sub, key.kid);
      return sub;
    }
  }
  return undefined;
}

async function verify(assertion: string, key: PublicJwk, clientId: string) {
  try {
    return await jwtVerify(
      assertion,
      { ...key },
      {
        algorithms: key.alg === undefined ? [...ASSERTION_ALGORITHMS] : [key.alg],
        issuer: clientId,
        subject: clientId,
        clockTolerance: CLOCK_TOLERANCE,
      },
    );
  } catch {
    return undefined;
  }
}

function isFirstUse(
  db: Db,
  clientId: string,
  { jti = '', exp = 0 }: { jti?: string; exp?: number },
): Promise<boolean> {
  const left = Math.max(0, exp - Math.floor(Date.now() / 1000)) + CLOCK_TOLERANCE;
  return useProof(db, { hash: assertionHash(clientId, jti), lifetime: left + 60 });
}
