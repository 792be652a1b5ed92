import type { Tx } from '../db/transaction.ts';
import { insertAccessToken, insertCode, insertRefreshToken } from './store.ts';
import type { NewAccessToken, NewAuthorizationCode, NewRefreshToken } from './token.ts';

/** Stores an authorization code. Only its hash is kept. */
export function issueCode(tx: Tx, code: NewAuthorizationCode): Promise<void> {
  return insertCode(tx, code);
}

/** Stores an access token. Only its hash is kept. */
export function issueAccessToken(tx: Tx, token: NewAccessToken): Promise<void> {
  return insertAccessToken(tx, token);
}

/** Stores a refresh token. Only its hash is kept. */
export function issueRefreshToken(tx: Tx, token: NewRefreshToken): Promise<void> {
  return insertRefreshToken(tx, token);
}
