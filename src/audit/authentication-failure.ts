/** Endpoints at which programs authenticate. */
export type FailureEndpoint = 'token' | 'revoke_token' | 'par' | 'introspect' | 'management';

/**
 * Reason of a failure. `wrong`: the secret never belonged to this client. `expired` and `deleted`:
 * an old secret is still in use.
 */
export type FailureReason = 'wrong' | 'expired' | 'deleted' | 'unknown_client';

/** A failed authentication, with what was sent. */
export interface AuthenticationFailure {
  readonly endpoint: FailureEndpoint;
  /** As it was sent; kept only if there is such a client. Undefined for operator tokens. */
  readonly clientId: string | undefined;
  /** SHA-256 of what was sent; never stored. */
  readonly secretHash: Uint8Array;
  readonly ip: string | undefined;
}

/** Notes a failure in the background; never throws. */
export type RecordAuthenticationFailure = (failure: AuthenticationFailure) => void;

/** Failures of one kind in an hour. */
export interface FailureCount {
  readonly endpoint: FailureEndpoint;
  /** Empty: no client that exists. */
  readonly clientId: string;
  readonly reason: FailureReason;
  /** Empty: unknown. */
  readonly ip: string;
  readonly count: number;
}
