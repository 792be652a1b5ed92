import { z } from 'zod';
import type { User } from '../../users/user.ts';

/** A sign-in that is under way. */
export const pendingSignIn = z.object({
  /** Path of ours at which the browser goes on, also after a failure. */
  returnTo: z.string(),
  /** Path at which another person can start again. */
  restartAt: z.string().optional(),
  /** Path of ours that takes the provider's answer: its cookies may be for that path alone. */
  completeAt: z.string(),
  /** The person has to sign in now, whatever session they have there. */
  anew: z.boolean(),
  /** Highest age of the sign-in there in seconds, if it need not be new. */
  maxAge: z.number(),
  loginHint: z.string().optional(),
  /** The language of the page that sends the person on. */
  locale: z.string(),
  /** Form fields that a person had filled in before they were sent to the provider. */
  carried: z.record(z.string(), z.array(z.string())).optional(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
});
export type PendingSignIn = Readonly<z.infer<typeof pendingSignIn>>;

/** A sign-in at the provider, as the page that needs it asks for it. */
export type SignInRequest = Omit<PendingSignIn, 'state' | 'nonce' | 'codeVerifier' | 'startedAt'>;

/** Form fields that a person had filled in before they were sent to the provider. */
export type Carried = NonNullable<PendingSignIn['carried']>;

/** A person at the provider, and their session there. */
export interface UpstreamIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** For back-channel logout; undefined if the provider does not name it. */
  readonly sid: string | undefined;
  /** Time at which the sign-in began here. */
  readonly begunAt: Date;
}

/** A known user whom the provider has authenticated. */
export interface UpstreamSignIn {
  readonly user: User;
  /** Time of the last authentication at the provider. */
  readonly authenticatedAt: Date;
  readonly upstream: UpstreamIdentity;
  /** Target of the browser. */
  readonly next: string;
  /** As in the request. */
  readonly restartAt: string | undefined;
}

/** Seconds that a person may take at the provider; the pages of the flow wait as long. */
export const SIGN_IN_TTL = 3600;

/** Returns where a sign-in continues, with the form that was filled in before. */
export function wayBack({ returnTo, carried, state }: PendingSignIn): string {
  return carried === undefined ? returnTo : `${returnTo}?sign_in=${state}`;
}
