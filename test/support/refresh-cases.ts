import fc from 'fast-check';

/** State of a refresh token and of everything that affects it. */
export interface RefreshState {
  readonly clientType: 'confidential' | 'public';
  readonly application: 'active' | 'suspended' | 'disabled';
  readonly userActive: boolean;
  /** Scopes of application, grant and token; `gone` is not a scope of the server. */
  readonly applicationScopes: readonly string[];
  readonly grantScopes: readonly string[];
  readonly tokenScopes: readonly string[];
  /** The first secret authenticates. */
  readonly secrets: readonly ('valid' | 'expired')[];
  readonly revocation: 'revoked_by_user' | 'reuse_detected' | null;
  /** Seconds until the grant ends by its lifetime, and by the user's end date. */
  readonly grantExpiresIn: number;
  readonly grantEndsIn: number | null;
  readonly tokenExpiresIn: number;
  readonly token: 'unused' | 'used' | 'repeatable' | 'too late' | 'successor used' | 'bound';
  readonly retries: boolean;
}

/** Variations of a refresh request; the first value of each is the usual one. */
export interface RefreshAttempt {
  readonly authentication: (typeof AUTHENTICATIONS)[number];
  readonly scope: string | undefined;
  readonly refreshToken: (typeof TOKENS)[number];
  readonly grantType: (typeof GRANT_TYPES)[number];
  readonly encoding: 'usual' | 'all percent-encoded' | 'broken';
  readonly contentType: string | undefined;
  readonly extra: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
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
const TOKENS = ['right', 'wrong checksum', 'unknown', 'access token', 'empty', 'missing'] as const;
const GRANT_TYPES = ['refresh_token', 'Refresh_token', 'authorization_code', 'missing'] as const;
const KNOWN = ['read', 'write', 'profile'];
const SCOPES = [...KNOWN, 'gone'];

/** Returns `usual` most of the time, and else one of the others. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant(usual) },
    { weight: others.length === 0 ? 0 : 2, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

const subset = (of: readonly string[], least = 1) =>
  fc.shuffledSubarray([...of], { minLength: least });
const scopesOf = (usual: readonly string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: subset(SCOPES) });

const state: fc.Arbitrary<RefreshState> = fc.record({
  clientType: fc.constantFrom('confidential', 'public'),
  application: mostly('active', 'suspended', 'disabled'),
  userActive: mostly(true, false),
  applicationScopes: scopesOf(KNOWN),
  grantScopes: scopesOf(['read', 'write']),
  tokenScopes: scopesOf(['read', 'write']),
  secrets: mostly(
    ['valid'],
    ['expired'],
    ['valid', 'valid', 'valid'],
    ['valid', 'expired'],
    ['expired', 'valid'],
  ),
  revocation: mostly(null, 'revoked_by_user', 'reuse_detected'),
  grantExpiresIn: mostly(90 * 86_400, -5),
  grantEndsIn: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(1_000, 40 * 86_400, 300 * 86_400) },
    { weight: 1, arbitrary: mostly(1_000, -1, -0.2) },
  ),
  tokenExpiresIn: mostly(90 * 86_400, -1),
  token: fc.oneof(
    { weight: 7, arbitrary: fc.constant('unused' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('used', 'repeatable', 'too late', 'successor used', 'bound'),
    },
  ),
  retries: fc.boolean(),
});

const scope = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constantFrom('read', 'write', 'read write', 'write read') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(subset([...SCOPES, 'openid', 'read'], 0), fc.constantFrom(' ', ' ', ' ', '  ', ','))
      .map(([scopes, separator]) => scopes.join(separator)),
  },
  { weight: 1, arbitrary: fc.constantFrom(' read', 'read ', 'read\twrite', 'read\0', '"', 'ré') },
);

const attempt: fc.Arbitrary<RefreshAttempt> = fc.record({
  authentication: fc.oneof(
    { weight: 7, arbitrary: fc.constant('as registered' as const) },
    { weight: 2, arbitrary: fc.constantFrom(...AUTHENTICATIONS) },
  ),
  scope,
  refreshToken: mostly(...TOKENS),
  grantType: mostly(...GRANT_TYPES),
  encoding: mostly('usual', 'all percent-encoded', 'all percent-encoded', 'broken'),
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
  extra: mostly<RefreshAttempt['extra']>(
    [],
    [['grant_type', 'refresh_token']],
    [['scope', 'read']],
    [['refresh_token', 'sdr_x']],
    [['client_id', 'x']],
    [['resource', 'https://api.example.com/']],
    [['client_assertion', 'x']],
    [['nonce', 'x']],
    [['scope[]', 'read']],
  ),
  headers: mostly<RefreshAttempt['headers']>(
    {},
    { accept: 'text/html' },
    { accept: 'application/json' },
    { origin: 'https://app.example.com' },
    { dpop: 'x' },
    { 'oauth-client-attestation': 'x' },
  ),
});

/** A random state and a random request. */
export const refreshCase = fc.record({ state, attempt });
