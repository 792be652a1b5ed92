/** Scheme of a token: a bearer token, or one with a proof of its key. */
export type Scheme = 'Bearer' | 'DPoP';

/** The `WWW-Authenticate` of a refusal; `parameters` say what was wrong. */
export type Challenge = (parameters?: string) => string;

/** Signature algorithms of proofs: asymmetric ones only. */
export const PROOF_ALGORITHMS: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
  'PS256',
  'RS256',
];

/**
 * Challenges a caller who used a scheme, or none. Parameters need no escaping: they are ours.
 * @param takesProofs whether DPoP would do too
 * @see RFC 6750 §3, RFC 9449 §7.1 and §7.2
 */
export function challengeFor(takesProofs: boolean, used: Scheme | undefined): Challenge {
  return (parameters) => {
    // RFC 6750 §3 wants at least one parameter after the scheme, hence the realm.
    const said = ['realm="api"', ...(parameters === undefined ? [] : [parameters])].join(', ');
    const algorithms = `algs="${PROOF_ALGORITHMS.join(' ')}"`;
    if (used === 'DPoP') {
      return `DPoP ${said}, ${algorithms}`;
    }
    return takesProofs ? `Bearer ${said}, DPoP ${algorithms}` : `Bearer ${said}`;
  };
}
