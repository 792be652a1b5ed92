import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { ASSERTION_TYPE } from '../../src/client-keys/assertion.ts';
import type { ManagedServer } from './platform.ts';
import { manage } from './platform.ts';
import type { FormParameters } from './tokens.ts';

/** A key pair of a client. */
export interface ClientKeyPair {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** SPKI. */
  readonly pem: string;
  readonly publicJwk: Record<string, unknown>;
}

/** Makes a key pair for an algorithm. */
export async function makeKeyPair(
  alg = 'ES256',
  kid: string = randomUUID(),
): Promise<ClientKeyPair> {
  const { publicKey, privateKey } = generatePair(alg);
  return {
    alg,
    kid,
    privateKey,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicJwk: { ...(await exportJWK(publicKey)), kid },
  };
}

function generatePair(alg: string): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2_048 });
  }
}

/** Changes of an assertion for one test. */
export interface AssertionChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly kid?: string | undefined; readonly typ?: string };
}

/** Returns the parameters by which a client authenticates with its key. */
export async function assertionOf(
  issuer: string,
  clientId: string,
  key: ClientKeyPair,
  { claims, header }: AssertionChanges = {},
): Promise<FormParameters> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: clientId,
    sub: clientId,
    aud: issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  };
  const assertion = await new SignJWT(payload)
    .setProtectedHeader(toHeader({ alg: key.alg, kid: key.kid, ...header }))
    .sign(key.privateKey);
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
}

function toHeader({ kid, ...rest }: { alg: string; kid?: string | undefined; typ?: string }) {
  return kid === undefined ? rest : { ...rest, kid };
}

const added = z.object({ keys: z.array(z.object({ id: z.string(), kid: z.string() })) });

/** Adds public keys to an application, as an operator does. */
export async function addKeys(
  server: ManagedServer,
  clientId: string,
  text: string,
): Promise<readonly { id: string; kid: string }[]> {
  const path = `/api/v1/applications/${clientId}/keys/`;
  return added.parse(await manage(server, 'POST', path, { public_keys: text })).keys;
}
