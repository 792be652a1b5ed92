import type { Db } from '../db/database.ts';
import { deleteExpiredSessions, purgeEndedSessions } from '../sessions/session-store.ts';
import { deleteExpiredInteractions } from './interaction-store.ts';

/** Deletes sessions that have ended and authorization requests that have expired. */
export async function purgeSessions(db: Db): Promise<void> {
  await deleteExpiredSessions(db);
  await purgeEndedSessions(db);
  await deleteExpiredInteractions(db);
}
