import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Tx } from '../db/transaction.ts';
import { seal, unseal } from '../sealed.ts';
import { insertSigningKey, selectSigningKeys } from './signing-key-store.ts';

const PURPOSE = 'signing key';
const ALG = 'ES256';

/**
 * The private signing keys, newest first. Makes one where there is none yet, under a lock of the
 * transaction, so that several processes that start together agree on it.
 * @param secrets the cookie keys; the first one seals, any of them opens
 * @throws Error where none of the secrets opens a key
 */
export async function loadSigningKeys(tx: Tx, secrets: readonly string[]): Promise<JWK[]> {
  const [first] = secrets;
  if (first === undefined) {
    throw new Error('signing keys need a secret to be sealed with');
  }
  const stored = await selectSigningKeys(tx);
  if (stored.length > 0) {
    return stored.map((sealed) => open(secrets, sealed));
  }
  const { jwk, kid } = await generate();
  const { d: _, ...publicJwk } = jwk;
  await insertSigningKey(tx, {
    kid,
    alg: ALG,
    publicJwk,
    sealedPrivateJwk: seal(first, PURPOSE, JSON.stringify(jwk)),
  });
  return [jwk];
}

async function generate(): Promise<{ jwk: JWK; kid: string }> {
  const kid = randomUUID();
  const { privateKey } = await generateKeyPair(ALG, { extractable: true });
  return { kid, jwk: { ...(await exportJWK(privateKey)), kid, alg: ALG, use: 'sig' } };
}

function open(secrets: readonly string[], sealed: Uint8Array): JWK {
  for (const secret of secrets) {
    try {
      return JSON.parse(unseal(secret, PURPOSE, sealed));
    } catch {
      // Sealed with another of the keys; the last word is below.
    }
  }
  throw new Error(
    'a signing key was sealed with a cookie key that COOKIE_KEYS no longer holds; add it again at the end',
  );
}
