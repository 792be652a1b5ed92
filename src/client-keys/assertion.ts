import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';

/** `client_assertion_type` of a signed JWT. @see RFC 7523 §2.2 */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Longest life of an assertion, in seconds. */
export const LONGEST_LIFE = 600;
const LONGEST_JTI = 256;
const TYPES: readonly unknown[] = [undefined, 'JWT', 'jwt', 'client-authentication+jwt'];

/** The part of an assertion that is checked here. */
export interface Assertion {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
}

/**
 * Checks what oidc-provider and jose leave open: the issuer is the only audience, the end is near, and
 * the JWT was not made for another purpose.
 * @returns the problem, for the developer of the client
 * @see RFC 7523 §3, draft-ietf-oauth-rfc7523bis
 */
export function findAssertionProblem(
  { claims, header }: Assertion,
  issuer: string,
  now = Date.now(),
): string | undefined {
  const [audience, ...others] = [claims.aud].flat();
  if (audience !== issuer || others.length > 0) {
    return 'aud (JWT audience) must be the issuer of this server, and nothing else';
  }
  if (typeof claims.exp !== 'number' || claims.exp > now / 1000 + LONGEST_LIFE) {
    return `exp (JWT expiration) must be at most ${LONGEST_LIFE} seconds from now`;
  }
  if (typeof claims.jti !== 'string' || claims.jti.length > LONGEST_JTI) {
    return `jti (JWT ID) must be a string of at most ${LONGEST_JTI} characters`;
  }
  return TYPES.includes(header.typ)
    ? undefined
    : 'typ of the JWT header must be client-authentication+jwt, JWT or absent';
}

/** Client and key that an assertion names; nothing of it is verified. */
export interface AssertionNames {
  readonly clientId: string;
  readonly kid: string | undefined;
  /** Audiences, separated by spaces. */
  readonly audience: string;
}

/** Reads the client and the key that an assertion names; undefined if it names no client. */
export function readAssertionNames(assertion: string): AssertionNames | undefined {
  try {
    const { sub, aud } = decodeJwt<{ sub?: unknown; aud?: unknown }>(assertion);
    const { kid } = decodeProtectedHeader(assertion);
    const audience = [aud]
      .flat()
      .filter((one) => typeof one === 'string')
      .join(' ');
    return typeof sub === 'string' ? { clientId: sub, kid, audience } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the hash under which the use of an assertion is stored, apart from those of DPoP proofs. */
export function assertionHash(clientId: string, jti: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(['client assertion', clientId, jti]))
    .digest();
}
