import type { Db } from '../db/database.ts';
import { deleteOverSessions, purgeSignIns } from '../sessions/session-store.ts';
import { deleteOverInteractions } from './interaction-store.ts';

/** Deletes sessions that have ended and authorization requests that have expired. */
export async function purgeSessions(db: Db): Promise<void> {
  await deleteOverSessions(db);
  await purgeSignIns(db);
  await deleteOverInteractions(db);
}
