import { createHash, randomUUID } from 'node:crypto';
import { before } from 'node:test';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  SignJWT,
} from 'jose';
import { registerApplication, reviewApplication } from './factories.ts';
import { prepared } from './fixture.ts';
import { type AuthorizeOptions, authorize } from './flow.ts';
import type { Issuer, ManagedServer } from './platform.ts';
import { postForm } from './tokens.ts';

/** A client's key for DPoP. */
export interface DpopKey {
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
  /** Thumbprint of the key (RFC 7638), as contained in tokens. */
  readonly jkt: string;
}

export async function newDpopKey(alg = 'ES256'): Promise<DpopKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const publicJwk = await exportJWK(publicKey);
  return { alg, publicJwk, privateKey, jkt: await calculateJwkThumbprint(publicJwk) };
}

/** Contents of a proof; given values replace the correct ones. */
export interface ProofOptions {
  readonly method?: string;
  readonly url: string;
  /** Access token that the proof is sent with. */
  readonly token?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** Creates a proof (RFC 9449 §4.2). */
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

/** Runs the whole flow and returns an access token that is bound to a key. */
export async function obtainBoundToken(
  server: Issuer,
  key: DpopKey,
  options: AuthorizeOptions,
): Promise<string> {
  const { parameters, redirectUri, codeVerifier = '' } = await authorize(server, options);
  const answer = await postForm(
    server,
    'token',
    options.application,
    {
      grant_type: 'authorization_code',
      code: parameters.code ?? '',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    },
    { dpop: await newProof(key, { url: `${server.issuer}/api/v1/oauth/token` }) },
  );
  const { access_token, token_type } = answer.body;
  if (access_token === undefined || token_type !== 'DPoP') {
    throw new Error(`No bound token: ${JSON.stringify({ ...parameters, ...answer.body })}`);
  }
  return access_token;
}

/** Registers a public application for the tests of a suite, and reviews it. */
export function withScanner(server: ManagedServer) {
  const scanner = prepared(() =>
    registerApplication(server, {
      owner: 'ben',
      name: 'Door Scanner',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    }),
  );
  before(() => reviewApplication(server, scanner.clientId));
  return scanner;
}
