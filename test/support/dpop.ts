import { createHash, randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  SignJWT,
} from 'jose';

/** A client's key for DPoP. */
export interface DpopKey {
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
  /** Its thumbprint (RFC 7638), as tokens name it. */
  readonly jkt: string;
}

/** Makes a key. */
export async function newDpopKey(alg = 'ES256'): Promise<DpopKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const publicJwk = await exportJWK(publicKey);
  return { alg, publicJwk, privateKey, jkt: await calculateJwkThumbprint(publicJwk) };
}

/** What a proof says; whatever is given replaces what would be right. */
export interface ProofOptions {
  readonly method?: string;
  readonly url: string;
  /** The access token that it goes with. */
  readonly token?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** Makes a proof (RFC 9449 §4.2). */
export function newProof(key: DpopKey, options: ProofOptions): Promise<string> {
  const ath =
    options.token && createHash('sha256').update(options.token).digest().toString('base64url');
  return new SignJWT({
    jti: randomUUID(),
    htm: options.method ?? 'POST',
    htu: options.url,
    iat: Math.floor(Date.now() / 1000),
    ...(ath === undefined ? {} : { ath }),
    ...options.claims,
  })
    .setProtectedHeader({
      alg: key.alg,
      typ: 'dpop+jwt',
      jwk: key.publicJwk,
      ...options.header,
    })
    .sign(key.privateKey);
}
