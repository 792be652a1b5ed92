import type { Db } from '../db/database.ts';
import { isWellFormed } from '../lib/credentials.ts';
import { selectAccessToken, selectCode, selectRefreshToken } from './store.ts';
import type { FoundAuthorizationCode, FoundRefreshToken, FoundToken } from './token.ts';

/** A code by its value, in whatever state it is. */
export function findCode(db: Db, value: string): Promise<FoundAuthorizationCode | undefined> {
  return selectCode(db, value);
}

/** An access token by its value, in whatever state it is; no query for what can't be one. */
export async function findAccessToken(db: Db, value: string): Promise<FoundToken | undefined> {
  return isWellFormed('sda', value) ? selectAccessToken(db, value) : undefined;
}

/** A refresh token by its value, in whatever state it is; no query for what can't be one. */
export async function findRefreshToken(
  db: Db,
  value: string,
): Promise<FoundRefreshToken | undefined> {
  return isWellFormed('sdr', value) ? selectRefreshToken(db, value) : undefined;
}
