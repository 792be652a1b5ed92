import type { Db } from '../db/database.ts';
import type { ActivityEntry } from './activity.ts';
import { selectActivity } from './activity-store.ts';

/** Entries that are in memory at once. */
const BATCH = 500;

/**
 * A user's whole log in batches, the newest first. Each is read when it is asked for, so a long log
 * is never in memory; what is written meanwhile is left out.
 */
export async function* exportActivity(
  db: Db,
  userId: string,
): AsyncGenerator<readonly ActivityEntry[]> {
  let beforeId: string | undefined;
  for (;;) {
    const batch = await selectActivity(db, { userId, beforeId, limit: BATCH });
    yield batch;
    beforeId = batch.at(-1)?.id;
    if (batch.length < BATCH) {
      return;
    }
  }
}
