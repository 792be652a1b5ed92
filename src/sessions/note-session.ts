import type { Db } from '../db/database.ts';
import type { SessionSignIn } from './session.ts';
import { upsertSignIn } from './session-store.ts';

/** Notes from where a session was signed in, for the user's list of them. */
export function noteSession(db: Db, uid: string, signIn: SessionSignIn): Promise<void> {
  return upsertSignIn(db, uid, signIn);
}
