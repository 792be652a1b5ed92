import { type AccessFacts, createAccess } from './access.ts';
import type { Introspect } from './introspection.ts';

/** Facts about a live access token. */
export interface LiveToken extends AccessFacts {
  /** Thumbprint (RFC 7638) of the key that the token is bound to; undefined for a bearer token. */
  readonly jkt: string | undefined;
}

/** Returns undefined for a token that is not live. If it throws, the request is refused with 503. */
export type LookUp = (token: string) => Promise<LiveToken | undefined>;

/** Reads tokens from a look-up instead of an introspection endpoint. */
export function introspectBy(lookUp: LookUp): Introspect {
  return async (token) => {
    const found = await lookUp(token);
    if (found === undefined) {
      return { outcome: 'inactive' };
    }
    const { jkt, ...facts } = found;
    return { outcome: 'active', access: createAccess(facts), jkt, expiresIn: undefined };
  };
}
