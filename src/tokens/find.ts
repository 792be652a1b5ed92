import type { Db } from '../db/database.ts';
import { isWellFormed } from '../lib/credentials.ts';
import { selectAccessToken, selectRefreshToken } from './store.ts';
import type { FoundRefreshToken, FoundToken } from './token.ts';

/** An access token by its value, in whatever state it is; no query for what can't be one. */
export async function findAccessToken(db: Db, value: string): Promise<FoundToken | undefined> {
  return isWellFormed('sda', value) ? selectAccessToken(db, value) : undefined;
}

/** A refresh token by its value, in whatever state it is; no query for what can't be one. */
export async function findRefreshToken(
  db: Db,
  value: string,
  retrySeconds: number,
): Promise<FoundRefreshToken | undefined> {
  return isWellFormed('sdr', value) ? selectRefreshToken(db, value, retrySeconds) : undefined;
}
