import type { Db } from '../../db/database.ts';
import { deleteOverSignIns } from './store.ts';

/** Deletes what is left of sign-ins at the upstream provider that nobody asks for any more. */
export async function purgeUpstream(db: Db): Promise<void> {
  await deleteOverSignIns(db);
}
