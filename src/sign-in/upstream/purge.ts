import type { Db } from '../../db/database.ts';
import { deleteOverSignIns } from './store.ts';

/** Deletes expired sign-ins at the upstream provider. */
export async function purgeUpstream(db: Db): Promise<void> {
  await deleteOverSignIns(db);
}
