import type { Db } from '../db/database.ts';
import type { ActivityEntry, ActivityFilter, Place } from './activity.ts';
import { readActivity } from './activity-store.ts';

/** Entries that are in memory at once. */
const BATCH = 500;

/**
 * All entries of a user's log that match a filter, in batches, the newest first. Each is read when it
 * is asked for, so a long log is never in memory; what is written meanwhile is left out. A batch is
 * empty if a long part of the log has no match.
 */
export async function* exportActivity(
  db: Db,
  filter: ActivityFilter,
): AsyncGenerator<readonly ActivityEntry[]> {
  let after: Place | undefined;
  do {
    const { entries, end } = await readActivity(db, filter, after, BATCH);
    yield entries;
    after = end;
  } while (after !== undefined);
}
