import type { Db } from '../db/database.ts';
import { statisticsStart, type TokenDay, tokensByDay } from './statistics.ts';
import { tokenCounts } from './store.ts';

/**
 * The tokens that an application was given on each of the last 30 days. Read from the tokens
 * themselves: a counter would be one row that all token requests of an application wait for.
 */
export async function countTokens(db: Db, clientId: string, timezone: string): Promise<TokenDay[]> {
  const now = new Date();
  return tokensByDay(await tokenCounts(db, clientId, statisticsStart(now)), now, timezone);
}
