import { type Signer, signJwt } from './sign-jwt.ts';

/** The media type of signed introspection answers; their `typ` is the same without `application/`. */
export const SIGNED_INTROSPECTION = 'application/token-introspection+jwt';

/**
 * An introspection answer as a JWT for the caller alone.
 * @param audience the caller's client id
 * @see RFC 9701 §5
 */
export function signIntrospection(
  signer: Signer,
  issuer: string,
  audience: string,
  answer: object,
): string {
  return signJwt(signer, 'token-introspection+jwt', {
    iss: issuer,
    aud: audience,
    iat: Math.floor(Date.now() / 1000),
    token_introspection: answer,
  });
}
