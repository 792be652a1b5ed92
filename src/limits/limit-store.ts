import type { Db } from '../db/database.ts';

/** Deletes counts whose window has ended. */
export async function purgeLimits(db: Db): Promise<void> {
  await db.deleteFrom('rate_limits').where('expire', '<', String(Date.now())).execute();
}
