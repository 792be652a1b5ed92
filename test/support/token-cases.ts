import fc from 'fast-check';

/** State of a grant, its application and its user, beside the code or token that is presented. */
export interface PartiesState {
  readonly clientType: 'confidential' | 'public';
  readonly application: 'active' | 'suspended' | 'disabled';
  readonly userActive: boolean;
  /** Scopes of application, grant and code or token; `gone` is not a scope of the server. */
  readonly applicationScopes: readonly string[];
  readonly grantScopes: readonly string[];
  readonly tokenScopes: readonly string[];
  /** The first secret authenticates. */
  readonly secrets: readonly ('valid' | 'expired')[];
  readonly revocation: 'revoked_by_user' | 'reuse_detected' | null;
  /** Seconds until the grant ends by its lifetime, and by the user's end date. */
  readonly grantExpiresIn: number;
  readonly grantEndsIn: number | null;
  /** Resources of the grant and of the code or token. */
  readonly audience: 'none' | 'one' | 'several' | 'removed' | 'moved';
}

/** Keys of registered resources. */
export const ORDERS = 'https://api.example.com/';
export const STOCK = 'https://api.example.com/stock';

/** Variations of a token request; the first value of each is the usual one. */
export interface TokenAttempt {
  readonly authentication: (typeof AUTHENTICATIONS)[number];
  readonly encoding: 'usual' | 'all percent-encoded' | 'broken';
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extra: readonly (readonly [string, string])[];
}

const AUTHENTICATIONS = [
  'as registered',
  'basic',
  'post',
  'client_id alone',
  'basic, percent-encoded',
  'basic, scheme in lower case',
  'basic and client_id',
  'basic and another client_id',
  'basic and client_secret',
  'basic with an empty secret',
  'basic without a colon',
  'basic, not Base64',
  'basic without padding',
  'wrong secret, basic',
  'wrong secret, post',
  'secret with a space',
  'empty client_secret',
  'other application, basic',
  'other application, post',
  'other public application',
  'unknown application',
  'bearer',
  'nothing',
] as const;
export const KNOWN_SCOPES: readonly string[] = ['read', 'write', 'profile'];
export const SCOPES: readonly string[] = [...KNOWN_SCOPES, 'gone'];

/** Returns `usual` most of the time, and else one of the others. */
export function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant(usual) },
    { weight: others.length === 0 ? 0 : 2, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

export const subset = (of: readonly string[], least = 1) =>
  fc.shuffledSubarray([...of], { minLength: least });
const scopesOf = (usual: readonly string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: subset(SCOPES) });

/** Arbitraries of `PartiesState`. */
export const parties = {
  clientType: fc.constantFrom('confidential' as const, 'public' as const),
  application: mostly<PartiesState['application']>('active', 'suspended', 'disabled'),
  userActive: mostly(true, false),
  applicationScopes: scopesOf(KNOWN_SCOPES),
  grantScopes: scopesOf(['read', 'write']),
  tokenScopes: scopesOf(['read', 'write']),
  secrets: mostly<PartiesState['secrets']>(
    ['valid'],
    ['expired'],
    ['valid', 'valid', 'valid'],
    ['valid', 'expired'],
    ['expired', 'valid'],
  ),
  revocation: mostly<PartiesState['revocation']>(null, 'revoked_by_user', 'reuse_detected'),
  grantExpiresIn: mostly(90 * 86_400, -5),
  grantEndsIn: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(1_000, 40 * 86_400, 300 * 86_400) },
    { weight: 1, arbitrary: mostly(1_000, -1, -0.2) },
  ),
  audience: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 4, arbitrary: fc.constant('one' as const) },
    { weight: 1, arbitrary: fc.constantFrom('several' as const, 'removed', 'moved') },
  ),
};

/** Returns arbitraries of `TokenAttempt`; `extra` are additional parameters. */
export function attempts(...extra: readonly (readonly [string, string])[]) {
  return {
    authentication: fc.oneof(
      { weight: 7, arbitrary: fc.constant('as registered' as const) },
      { weight: 2, arbitrary: fc.constantFrom(...AUTHENTICATIONS) },
    ),
    encoding: mostly<TokenAttempt['encoding']>(
      'usual',
      'all percent-encoded',
      'all percent-encoded',
      'broken',
    ),
    contentType: mostly<string | undefined>(
      'application/x-www-form-urlencoded',
      'application/x-www-form-urlencoded;charset=UTF-8',
      'application/x-www-form-urlencoded; charset=utf-8',
      'APPLICATION/X-WWW-FORM-URLENCODED',
      'application/x-www-form-urlencoded; charset=iso-8859-1',
      'application/x-www-form-urlencoded; charset=none',
      'application/json',
      'multipart/form-data',
      undefined,
    ),
    extra: mostly<TokenAttempt['extra']>(
      [],
      ...extra.map((one) => [one]),
      [['client_id', 'x']],
      [['resource', ORDERS]],
      [['resource', STOCK]],
      [['resource', '']],
      [['client_assertion', 'x']],
      [['nonce', 'x']],
    ),
    headers: mostly<TokenAttempt['headers']>(
      {},
      { accept: 'text/html' },
      { accept: 'application/json' },
      { origin: 'https://app.example.com' },
      { dpop: 'x' },
      { 'oauth-client-attestation': 'x' },
    ),
  };
}
