import type { Db } from '../db/database.ts';
import type { UpstreamSignIn } from './sign-in.ts';
import { upsertUpstreamSession } from './store.ts';

/** Notes which session at the provider a browser session came from. */
export function noteUpstreamSession(
  db: Db,
  sessionUid: string,
  session: NonNullable<UpstreamSignIn['session']>,
): Promise<void> {
  return upsertUpstreamSession(db, sessionUid, session);
}
