import type { Origin } from '../lib/actor.ts';

/** Method of a sign-in: by password or at the upstream provider. */
export interface SessionSignIn {
  readonly method: 'password' | 'upstream';
  readonly origin: Origin;
}

/** A live browser session, as its user sees it. */
export interface UserSession {
  /** Names the session inside the server; opens nothing. */
  readonly uid: string;
  /** Time of the last authentication in it. */
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
  /** Null where it is not known: the session is older than the notes. */
  readonly method: SessionSignIn['method'] | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}
