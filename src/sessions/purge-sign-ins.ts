import type { Db } from '../db/database.ts';
import { deleteOverSignIns } from './session-store.ts';

/** Deletes what is left of sessions that are over. */
export async function purgeSignIns(db: Db): Promise<void> {
  await deleteOverSignIns(db);
}
