import type { Db } from '../db/database.ts';
import type { Slice } from '../db/slice.ts';
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
  let slice: Slice = { limit: BATCH, offset: 0 };
  for (;;) {
    const { entries, next } = await selectActivity(db, { userId }, slice);
    yield entries;
    if (typeof next === 'boolean') {
      return;
    }
    slice = { ...slice, position: next };
  }
}
