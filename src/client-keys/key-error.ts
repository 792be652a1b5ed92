import { ValidationError } from '../lib/errors.ts';
import type { KeyProblem } from './public-key.ts';

/** Keys of one application at a time. */
export const KEY_LIMIT = 5;

/** Reasons why an application does not get keys. */
export type KeysProblem = KeyProblem | 'duplicate' | 'too_many';

const TEXTS: Readonly<Record<KeysProblem, string>> = {
  algorithm:
    'The key type is not supported. Use EC with P-256, Ed25519, or RSA; “alg” must be ES256, EdDSA, Ed25519, PS256 or RS256.',
  duplicate: 'A key or its “kid” is there already.',
  kid: 'The “kid” must be a text of 1 to 200 characters.',
  private:
    'This is a private key. It was not stored. Anybody who has seen it can use it: if others can read what you sent, make a new pair. Send the public key only.',
  symmetric: 'This is a symmetric key. Only public keys work.',
  too_many: `An application has at most ${KEY_LIMIT} keys. Delete one that is not used.`,
  unreadable: 'This is no public key in PEM, no JWK and no JWK Set.',
  use: 'The key is not for signatures: “use” must be “sig”, and “key_ops” must contain “verify”.',
  weak: 'The RSA key must have 2,048 to 8,192 bits and the exponent 65537.',
};

/** Keys that an application does not get. Contains nothing of the keys. */
export class KeysError extends ValidationError {
  readonly problem: KeysProblem;

  constructor(problem: KeysProblem) {
    super({ public_keys: [TEXTS[problem]] });
    this.problem = problem;
  }
}
