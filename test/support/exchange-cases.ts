import fc from 'fast-check';
import { attempts, mostly, type PartiesState, parties, type TokenAttempt } from './token-cases.ts';

/** State of an authorization code and of everything that affects it. */
export interface ExchangeState extends PartiesState {
  readonly codeExpiresIn: number;
  readonly code: 'unused' | 'used' | 'bound' | 'of an older server';
  /** The authorization request had a `code_challenge`. */
  readonly challenge: boolean;
  readonly redirectUri: 'https' | 'loopback' | 'private scheme';
  /** Changes of the application after the code was issued, beside its scopes. */
  readonly change: (typeof CHANGES)[number];
  readonly review: (typeof REVIEWS)[number];
  /** Applications need a review to work for others than their owner. */
  readonly approval: boolean;
}

/** Variations of a code exchange; the first value of each is the usual one. */
export interface ExchangeAttempt extends TokenAttempt {
  readonly code: (typeof CODES)[number];
  readonly redirectUri: (typeof REDIRECT_URIS)[number];
  readonly verifier: (typeof VERIFIERS)[number];
  readonly grantType: (typeof GRANT_TYPES)[number];
}

const CHANGES = [
  'none',
  'description',
  'redirect URI removed',
  'PKCE required',
  'PKCE optional',
  'name of the platform',
  'name that claims a review',
  'another owner',
] as const;
const REVIEWS = [
  'none',
  'reviewed',
  'owned by the user',
  'name like a reviewed one',
  'name like a reviewed one of its owner',
  'scheme of a reviewed one',
] as const;
const CODES = ['right', 'unknown', 'short', 'refresh token', 'empty', 'missing'] as const;
const REDIRECT_URIS = [
  'right',
  'other',
  'other port',
  'not ASCII',
  'NUL',
  'empty',
  'missing',
] as const;
const VERIFIERS = [
  'right',
  'superfluous',
  'wrong',
  'short',
  'missing',
  'not ASCII',
  'empty',
] as const;
const GRANT_TYPES = [
  'authorization_code',
  'Authorization_code',
  'refresh_token',
  'missing',
] as const;

const state: fc.Arbitrary<ExchangeState> = fc.record({
  ...parties,
  codeExpiresIn: mostly(60, -1),
  code: fc.oneof(
    { weight: 10, arbitrary: fc.constant('unused' as const) },
    { weight: 1, arbitrary: fc.constantFrom('used', 'bound', 'of an older server') },
  ),
  challenge: mostly(true, false),
  redirectUri: fc.constantFrom('https', 'https', 'loopback', 'private scheme'),
  change: fc.oneof(
    { weight: 8, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...CHANGES) },
  ),
  review: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('none', 'reviewed', 'owned by the user') },
    { weight: 1, arbitrary: fc.constantFrom(...REVIEWS) },
  ),
  approval: mostly(false, true, true),
});

const attempt: fc.Arbitrary<ExchangeAttempt> = fc.record({
  ...attempts(
    ['grant_type', 'authorization_code'],
    ['scope', 'read'],
    ['code', 'x'],
    ['code_verifier', 'x'],
    ['redirect_uri', 'https://app.example.com/cb'],
  ),
  code: mostly(...CODES),
  redirectUri: mostly(...REDIRECT_URIS),
  verifier: mostly(...VERIFIERS),
  grantType: mostly(...GRANT_TYPES),
});

/** A code that can be exchanged. */
export const USUAL: ExchangeState = {
  clientType: 'confidential',
  application: 'active',
  userActive: true,
  applicationScopes: ['read', 'write'],
  grantScopes: ['read', 'write'],
  tokenScopes: ['read', 'write'],
  secrets: ['valid'],
  revocation: null,
  grantExpiresIn: 1_000,
  grantEndsIn: null,
  audience: 'none',
  codeExpiresIn: 60,
  code: 'unused',
  challenge: true,
  redirectUri: 'https',
  change: 'none',
  review: 'none',
  approval: false,
};

/** A random state and a random request. */
export const exchangeCase = fc.record({ state, attempt });
