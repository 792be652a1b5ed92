import type { Db } from '../db/database.ts';

/** Deletes counts whose window ended before `time`, in milliseconds since 1970. */
export async function deleteExpiredCounts(db: Db, time: number): Promise<void> {
  await db.deleteFrom('rate_limits').where('expire', '<', String(time)).execute();
}
