import type { Tx } from '../db/transaction.ts';
import { revokeGrant } from '../grants/revoke.ts';
import type { Origin } from '../lib/actor.ts';
import { consumeCode, consumeRefreshToken, findCode, selectRefreshToken } from './store.ts';
import type { Consumption, InvalidReason } from './token.ts';

/** A code or refresh token that a client presented. */
export interface Presented {
  readonly kind: 'code' | 'refresh_token';
  readonly value: string;
  readonly origin: Origin | undefined;
}

/**
 * Uses up a code or refresh token by a conditional update: of any number of concurrent uses
 * exactly one wins. The others are re-use, which ends the grant in the same transaction.
 * @param grantExpiresAt until when the tokens that follow keep the grant alive
 * @see RFC 6749 §4.1.2, RFC 9700 §4.14.2
 */
export async function consume(
  tx: Tx,
  presented: Presented,
  grantExpiresAt: Date,
): Promise<Consumption> {
  const use = presented.kind === 'code' ? consumeCode : consumeRefreshToken;
  const row = await use(tx, presented.value, {
    expiresAt: grantExpiresAt,
    ip: presented.origin?.ip,
  });
  return row?.live
    ? { outcome: 'consumed', familyId: row.family_id }
    : { outcome: 'refused', reason: await refuse(tx, presented, row === undefined) };
}

async function refuse(tx: Tx, presented: Presented, reused: boolean): Promise<InvalidReason> {
  const find = presented.kind === 'code' ? findCode : selectRefreshToken;
  const found = await find(tx, presented.value);
  if (reused && found !== undefined) {
    await revokeGrant(tx, found.grantId, {
      reason: 'reuse_detected',
      actor: 'system',
      origin: presented.origin,
    });
  }
  return found?.invalidReason ?? 'reuse_detected';
}
