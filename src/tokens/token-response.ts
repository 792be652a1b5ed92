/** Tokens that a client receives for a refresh token. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
  /** Thumbprint (RFC 7638) of the key that the access token is bound to; null: a bearer token. */
  readonly jkt: string | null;
}

/**
 * Presents tokens to their client, with the fields in the order of oidc-provider.
 * @see RFC 6749 §5.1, RFC 9449 §5
 */
export function tokenResponse(tokens: IssuedTokens): object {
  return {
    access_token: tokens.accessToken,
    expires_in: tokens.expiresIn,
    refresh_token: tokens.refreshToken,
    scope: tokens.scopes.join(' '),
    token_type: tokens.jkt === null ? 'Bearer' : 'DPoP',
  };
}
