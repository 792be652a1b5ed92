import { createHash } from 'node:crypto';
import { type Signer, signJwt } from '../signing-keys/sign-jwt.ts';

/** The media type of signed introspection answers; their `typ` is the same without `application/`. */
export const SIGNED_INTROSPECTION = 'application/token-introspection+jwt';

/** The request that a signed answer belongs to. */
export interface IntrospectionQuestion {
  /** Client id of the caller. */
  readonly caller: string;
  readonly token: string;
  /** Random value from the caller; the answer repeats it. */
  readonly nonce: string | undefined;
}

/**
 * Signs an introspection answer for the caller alone, and binds it to the request: `ath` is the hash
 * of the token (as in RFC 9449 §4.2) and `nonce` the value from the request, so that neither the
 * answer about another token nor an earlier answer fits.
 * @see RFC 9701 §5
 */
export function signIntrospection(
  signer: Signer,
  issuer: string,
  { caller, token, nonce }: IntrospectionQuestion,
  answer: object,
): string {
  return signJwt(signer, 'token-introspection+jwt', {
    iss: issuer,
    aud: caller,
    iat: Math.floor(Date.now() / 1000),
    ath: createHash('sha256').update(token).digest('base64url'),
    ...(nonce === undefined ? {} : { nonce }),
    token_introspection: answer,
  });
}
