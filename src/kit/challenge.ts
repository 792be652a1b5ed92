/** Scheme of a token: a bearer token, or one with a proof of its key. */
export type Scheme = 'Bearer' | 'DPoP';

/** The `WWW-Authenticate` of a refusal; `parameters` say what was wrong. */
export type Challenge = (parameters?: string) => string;

/** Makes the challenge for a caller who used a scheme, or none. */
export type ChallengeBy = (used: Scheme | undefined) => Challenge;

/** Parameters by which an application finds out how to get a token. */
export interface ChallengeHints {
  /** Address of the metadata of this API. */
  readonly metadata: string;
  /** Scopes of which the request needs one. */
  readonly scopes: readonly string[];
}

/** The error of a token without a scope or a permission; its refusal names scopes itself. */
export const INSUFFICIENT = 'error="insufficient_scope"';

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
 * @see RFC 6750 §3, RFC 9449 §7.1 and §7.2, RFC 9728 §5.1
 */
export function challengeFor(
  takesProofs: boolean,
  used: Scheme | undefined,
  hints?: ChallengeHints,
): Challenge {
  return (parameters = '') => {
    const hinted = hints && [
      `resource_metadata="${hints.metadata}"`,
      parameters.startsWith(INSUFFICIENT) ? '' : `scope="${hints.scopes.join(' ')}"`,
    ];
    // RFC 6750 §3 wants at least one parameter after the scheme, hence the realm.
    const said = ['realm="api"', parameters, ...(hinted ?? [])].filter(Boolean).join(', ');
    const algorithms = `algs="${PROOF_ALGORITHMS.join(' ')}"`;
    if (used === 'DPoP') {
      return `DPoP ${said}, ${algorithms}`;
    }
    return takesProofs ? `Bearer ${said}, DPoP ${algorithms}` : `Bearer ${said}`;
  };
}
