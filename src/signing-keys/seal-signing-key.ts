import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { seal, unseal } from '../lib/encryption.ts';
import { StagedoorError } from '../lib/errors.ts';
import { type NewSigningKey, SIGNING_ALGORITHM, type SigningKey } from './signing-key.ts';

const PURPOSE = 'signing key';

/**
 * Makes a key whose private part only a holder of the cookie keys can open.
 * @param secrets the cookie keys; the first one seals
 */
export function newSigningKey([secret]: readonly string[]): NewSigningKey {
  if (secret === undefined) {
    throw new Error('signing keys need a secret to be sealed with');
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  const about = { kid, alg: SIGNING_ALGORITHM, use: 'sig' };
  const privateJwk = { ...privateKey.export({ format: 'jwk' }), ...about };
  return {
    kid,
    alg: SIGNING_ALGORITHM,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...about },
    sealedPrivateJwk: seal(secret, PURPOSE, JSON.stringify(privateJwk)),
  };
}

/**
 * Opens a private key by whichever of the secrets it was sealed with.
 * @throws StagedoorError `configuration_invalid` where it was none of them
 */
export function openSigningKey(secrets: readonly string[], key: SigningKey): KeyObject {
  for (const secret of secrets) {
    try {
      const jwk = JSON.parse(unseal(secret, PURPOSE, key.sealedPrivateJwk));
      return createPrivateKey({ key: jwk, format: 'jwk' });
    } catch {
      // Sealed with another one; the last word is below.
    }
  }
  throw new StagedoorError(
    'configuration_invalid',
    `The signing key ${key.kid} was sealed with a cookie key that is not among the COOKIE_KEYS of this process. Add the earlier key at the end of COOKIE_KEYS; if it is lost, "stagedoor keys rotate --now" replaces the signing key.`,
  );
}

/** Returns the ids of the keys that sign, now or next, and that none of these secrets opens. */
export function unopenedSigningKeys(
  secrets: readonly string[],
  keys: readonly SigningKey[],
): string[] {
  return keys
    .filter((key) => key.state !== 'retired' && !canOpen(secrets, key))
    .map(({ kid }) => kid);
}

function canOpen(secrets: readonly string[], key: SigningKey): boolean {
  try {
    openSigningKey(secrets, key);
    return true;
  } catch {
    return false;
  }
}
