import type { Db } from '../db/database.ts';
import type { UserSession } from './session.ts';
import { selectSessions } from './session-store.ts';

/** The browsers in which a user is signed in, those that were seen last first. */
export function listSessions(db: Db, userId: string): Promise<UserSession[]> {
  return selectSessions(db, userId);
}
