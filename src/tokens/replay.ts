import type { Tx } from '../db/transaction.ts';
import { hashOf } from '../lib/credentials.ts';
import { seal, unseal } from '../lib/encryption.ts';
import { insertReplay, selectReplay } from './replay-store.ts';
import type { IssuedTokens } from './token-response.ts';

/** Values of one refresh: the token that was presented, and the two that were issued for it. */
export interface Rotation {
  readonly presented: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Separates the key from other uses of a refresh token. */
const PURPOSE = 'refresh response';

/**
 * Encrypts the two new tokens under a key derived from the presented one, of which only the hash is
 * stored. So only somebody who has the presented token can read them.
 */
export function sealTokens({ presented, accessToken, refreshToken }: Rotation): Buffer {
  return seal(presented, PURPOSE, `${accessToken} ${refreshToken}`);
}

/** Stores the response to a refresh, so that its client can ask for it again. */
export async function storeReplay(
  tx: Tx,
  grantId: string,
  rotation: Rotation,
  seconds: number,
): Promise<void> {
  await insertReplay(tx, {
    grantId,
    successorHash: hashOf(rotation.refreshToken),
    sealed: sealTokens(rotation),
    seconds,
  });
}

/**
 * Returns the tokens that a used refresh token was exchanged for, if the client may have them again:
 * for `seconds` after the first use, and until the new refresh token is used. A request for another
 * resource is no retry.
 */
export async function findReplay(
  tx: Tx,
  presented: string,
  seconds: number,
  resource: string | undefined,
): Promise<IssuedTokens | undefined> {
  const stored = await selectReplay(tx, presented, seconds);
  if (stored === undefined || stored.resource !== (resource ?? null)) {
    return undefined;
  }
  const { sealed, lifetime, scopes, jkt } = stored;
  const [accessToken = '', refreshToken = ''] = unseal(presented, PURPOSE, sealed).split(' ');
  return { accessToken, refreshToken, expiresIn: lifetime, scopes, jkt };
}
