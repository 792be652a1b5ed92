import type { User } from '../../users/user.ts';

/** Form fields that a person had filled in before they were sent to the provider. */
export type Carried = Readonly<Record<string, readonly string[]>>;

/** A sign-in at the provider, as the page that needs it asks for it. */
export interface SignInRequest {
  /** Path of ours at which the browser goes on, also after a failure. */
  readonly returnTo: string;
  /** Path of ours at which all begins anew, for when it is not the one who was sent that comes back. */
  readonly restartAt?: string | undefined;
  /** Path of ours that takes the provider's answer: its cookies may be for that path alone. */
  readonly completeAt: string;
  /** The person has to sign in now, whatever session they have there. */
  readonly anew: boolean;
  /** How old, in seconds, a sign-in there may be when it is not anew. */
  readonly maxAge: number;
  readonly loginHint?: string | undefined;
  /** The language of the page that sends the person on. */
  readonly locale: string;
  readonly carried?: Carried | undefined;
}

/** A sign-in that is under way. */
export interface PendingSignIn extends SignInRequest {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** A person at the provider, and their session there. */
export interface UpstreamIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** For back-channel logout; undefined if the provider does not name it. */
  readonly sid: string | undefined;
  /** When the sign-in was begun here. */
  readonly begunAt: Date;
}

/** Somebody whom the provider has vouched for, and whom we know. */
export interface UpstreamSignIn {
  readonly user: User;
  /** When they last proved to the provider who they are. */
  readonly authenticatedAt: Date;
  readonly upstream: UpstreamIdentity;
  /** Where the browser goes on. */
  readonly next: string;
  /** As in the request. */
  readonly restartAt: string | undefined;
}

/** Seconds that a person may take at the provider; the pages of the flow wait as long. */
export const SIGN_IN_TTL = 3600;

/** Where a sign-in goes on: with what was filled in before, if anything was. */
export function wayBack({ returnTo, carried, state }: PendingSignIn): string {
  return carried === undefined ? returnTo : `${returnTo}?sign_in=${state}`;
}
