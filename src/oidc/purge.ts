import type { Db } from '../db/database.ts';
import { purgeSignIns } from '../sessions/purge-sign-ins.ts';
import { deleteOverInteractions, deleteOverSessions } from './store.ts';

/** Deletes sessions that have ended and authorization requests that have expired. */
export async function purgeSessions(db: Db): Promise<void> {
  await deleteOverSessions(db);
  await purgeSignIns(db);
  await deleteOverInteractions(db);
}
