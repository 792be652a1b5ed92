import type { AllowedResources, RevocationReason } from '../grants/grant.ts';
import type { Audience } from './audience.ts';
import type { IssuedTokens } from './token-response.ts';

/** Reason why a code or refresh token is refused, for its own client. */
export type InvalidReason =
  | RevocationReason
  | 'expired'
  | 'application_suspended'
  | 'user_inactive';

/** A new code, access or refresh token: what the three have in common. `value` is never stored. */
export interface NewToken {
  readonly value: string;
  readonly grantId: string;
  readonly scopes: readonly string[];
  /** Thumbprint (RFC 7638) of the key that it is bound to; undefined: to none. */
  readonly jkt: string | undefined;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A new authorization code. */
export interface NewAuthorizationCode extends NewToken {
  readonly redirectUri: string;
  /** PKCE S256. */
  readonly codeChallenge: string | undefined;
  /** Keys of the resources that were requested; undefined: none. */
  readonly resources: readonly string[] | undefined;
}

/** A new access token. */
export interface NewAccessToken extends NewToken {
  readonly familyId: string;
  readonly audience: Audience | undefined;
}

/** A new refresh token. */
export interface NewRefreshToken extends NewToken {
  readonly familyId: string;
  readonly rotations: number;
  readonly firstIssuedAt: Date;
  /** As in the code. */
  readonly resources: readonly string[] | undefined;
}

/** An access token that was found, or another token. */
export interface FoundToken extends Omit<NewToken, 'value'> {
  readonly userId: string;
  readonly clientId: string;
}

/** A code or refresh token that was found. */
export interface RedeemableToken extends FoundToken {
  /** Another use would be re-use. */
  readonly consumed: boolean;
  /** Resources that were requested; undefined: none. */
  readonly resources: AllowedResources | undefined;
  /** Undefined: it can be used, unless it is consumed. */
  readonly invalidReason: InvalidReason | undefined;
}

/** An authorization code that was found. */
export interface FoundAuthorizationCode extends RedeemableToken {
  readonly redirectUri: string;
  readonly codeChallenge: string | undefined;
  /** The application has other redirect hosts or keys than those that the user allowed. */
  readonly trustChanged: boolean;
}

/** A refresh token that was found. */
export interface FoundRefreshToken extends RedeemableToken {
  /** Scopes that its family was issued with; `scopes` lacks those that the user took away since. */
  readonly grantedScopes: readonly string[];
  readonly familyId: string;
  readonly rotations: number;
  readonly firstIssuedAt: Date;
}

/** Result of consuming a code. */
export type Consumption =
  /** It is the caller's; tokens may be issued into this family. */
  | { readonly outcome: 'consumed'; readonly familyId: string }
  /** Another request was first, or the grant has ended. */
  | { readonly outcome: 'refused'; readonly reason: InvalidReason };

/** Result of consuming a refresh token. */
export type RefreshConsumption =
  | Consumption
  /** Another request was first, and this may be its retry: the client gets the same tokens. */
  | { readonly outcome: 'replayed'; readonly tokens: IssuedTokens };
