import fc from 'fast-check';
import {
  attempts,
  mostly,
  type PartiesState,
  parties,
  SCOPES,
  subset,
  type TokenAttempt,
} from './token-cases.ts';

/** State of a refresh token and of everything that affects it. */
export interface RefreshState extends PartiesState {
  readonly tokenExpiresIn: number;
  readonly token: 'unused' | 'used' | 'repeatable' | 'too late' | 'successor used' | 'bound';
  readonly retries: boolean;
}

/** Variations of a refresh request; the first value of each is the usual one. */
export interface RefreshAttempt extends TokenAttempt {
  readonly scope: string | undefined;
  readonly refreshToken: (typeof TOKENS)[number];
  readonly grantType: (typeof GRANT_TYPES)[number];
}

const TOKENS = ['right', 'wrong checksum', 'unknown', 'access token', 'empty', 'missing'] as const;
const GRANT_TYPES = ['refresh_token', 'Refresh_token', 'authorization_code', 'missing'] as const;

const state: fc.Arbitrary<RefreshState> = fc.record({
  ...parties,
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
  ...attempts(
    ['grant_type', 'refresh_token'],
    ['scope', 'read'],
    ['scope[]', 'read'],
    ['refresh_token', 'sdr_x'],
  ),
  scope,
  refreshToken: mostly(...TOKENS),
  grantType: mostly(...GRANT_TYPES),
});

/** A random state and a random request. */
export const refreshCase = fc.record({ state, attempt });
