import type { Db } from '../db/database.ts';
import { statisticsStart, type TokenDay, tokensByDay } from './statistics.ts';
import { tokenCounts } from './token-count-store.ts';

/**
 * The tokens that an application was given on each of the last 30 days, from counts that are up to a
 * second old.
 */
export async function countTokens(db: Db, clientId: string, timezone: string): Promise<TokenDay[]> {
  const now = new Date();
  return tokensByDay(await tokenCounts(db, clientId, statisticsStart(now)), now, timezone);
}
