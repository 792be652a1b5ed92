import type { Db } from '../db/database.ts';
import { deleteExpiredProofs } from './proof-store.ts';
import { deleteExpired } from './store.ts';

/**
 * Deletes codes and refresh tokens a day after they expired, and access tokens a week after: an
 * application that revokes with the access token it was last given still ends its grant. Refresh
 * tokens are counted for the statistics of 30 days in any time zone, so they stay for 32. DPoP
 * proofs go as soon as they could not be used again.
 */
export async function purgeTokens(db: Db): Promise<void> {
  await deleteExpired(db, { codes: 1, refreshTokens: 1, accessTokens: 7, statistics: 32 });
  await deleteExpiredProofs(db);
}
