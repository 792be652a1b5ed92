/** Grant type and outcome of a response of the token endpoint. */
export type TokenResponseKind =
  | `${'authorization_code' | 'refresh_token'} ${'issued' | 'refused'}`
  | 'refresh_token replayed'
  | 'other refused';

/** Counts a response of the token endpoint. */
export type CountTokenResponse = (kind: TokenResponseKind) => void;
