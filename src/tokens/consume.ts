import type { Tx } from '../db/transaction.ts';
import { revokeGrant } from '../grants/revoke.ts';
import type { Origin } from '../lib/actor.ts';
import { consumeCode, consumeRefreshToken } from './consume-store.ts';
import { findReplay } from './replay.ts';
import { findCode, findRefreshToken } from './store.ts';
import type { Consumption, RedeemableToken, RefreshConsumption } from './token.ts';

/** A code or refresh token that a client presented. */
export interface Presented {
  readonly value: string;
  readonly origin: Origin | undefined;
  /** Until when the tokens that follow keep the grant alive. */
  readonly grantExpiresAt: Date;
}

/** A refresh token that a client presented. */
export interface PresentedRefreshToken extends Presented {
  /** The refresh token that replaces it. */
  readonly successor: string;
  /** Seconds in which a second use gets the first response again. */
  readonly retrySeconds: number;
  /** Resource that the new access token is for. */
  readonly resource: string | undefined;
}

/**
 * Uses up a code by a conditional update: of any number of concurrent uses exactly one wins. The
 * others are re-use, which ends the grant in the same transaction.
 * @see RFC 6749 §4.1.2
 */
export async function redeemCode(tx: Tx, presented: Presented): Promise<Consumption> {
  const row = await consumeCode(tx, presented.value, grantUse(presented));
  if (row?.live) {
    return { outcome: 'consumed', familyId: row.family_id };
  }
  const found = await findCode(tx, presented.value);
  return refuse(tx, presented, found, row === undefined);
}

/**
 * Uses up a refresh token in the same way. A second use that may be the retry of a lost response
 * gets the first response again.
 * @see RFC 9700 §4.14.2
 */
export async function rotateRefreshToken(
  tx: Tx,
  presented: PresentedRefreshToken,
): Promise<RefreshConsumption> {
  const { value, successor, retrySeconds, resource } = presented;
  const row = await consumeRefreshToken(tx, value, successor, grantUse(presented));
  if (row?.live) {
    return { outcome: 'consumed', familyId: row.family_id };
  }
  const tokens =
    row === undefined ? await findReplay(tx, value, retrySeconds, resource) : undefined;
  if (tokens !== undefined) {
    return { outcome: 'replayed', tokens };
  }
  const found = await findRefreshToken(tx, value, retrySeconds);
  return refuse(tx, presented, found, row === undefined);
}

function grantUse({ grantExpiresAt, origin }: Presented) {
  return { expiresAt: grantExpiresAt, ip: origin?.ip };
}

async function refuse(
  tx: Tx,
  { origin }: Presented,
  found: RedeemableToken | undefined,
  reused: boolean,
): Promise<Consumption> {
  if (reused && found !== undefined) {
    const reason = 'reuse_detected';
    await revokeGrant(tx, found.grantId, { reason, actor: 'system', origin });
  }
  return { outcome: 'refused', reason: found?.invalidReason ?? 'reuse_detected' };
}
