import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Contents of a proof; other values have defaults, and `undefined` omits one. */
export interface ProofOptions {
  readonly method?: string;
  readonly url?: string;
  readonly token?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** An application with its own key. */
export interface Prover {
  /** Thumbprint of the key. */
  readonly jkt: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  /** Creates a DPoP proof (RFC 9449 §4.2). */
  prove(options: ProofOptions): Promise<string>;
}

/** Creates a key, and proofs with it. */
export async function createProver(alg = 'ES256'): Promise<Prover> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(publicJwk),
    publicJwk,
    privateJwk: await exportJWK(privateKey),
    prove: ({ method = 'GET', url, token, claims, header }) =>
      new SignJWT({
        jti: randomUUID(),
        iat: Math.floor(Date.now() / 1000),
        htm: method,
        htu: url,
        ...(token === undefined
          ? {}
          : { ath: createHash('sha256').update(token).digest('base64url') }),
        ...claims,
      })
        .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: publicJwk, ...header })
        .sign(privateKey, { crit: { x: true } }),
  };
}
