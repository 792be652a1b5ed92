import type { Tx } from '../db/transaction.ts';
import type { GrantDetails } from './grant.ts';
import { type Revocation, revokeGrant } from './revoke.ts';
import { listLiveGrants } from './store.ts';

/** Ends all live grants that a user gave one application, each with its log entry.
 * @returns how many this call ended
 */
export async function revokeGrantsOfApplication(
  tx: Tx,
  parties: { userId: string; clientId: string },
  revocation: Revocation,
): Promise<number> {
  return revokeAll(tx, await listLiveGrants(tx, parties), revocation);
}

/**
 * Revokes all live grants of a user that were not used for `days` days, each with its log entry.
 * Keeps one that is used at this moment.
 * @returns number of revoked grants
 */
export async function revokeUnusedGrants(
  tx: Tx,
  { userId, days }: { userId: string; days: number },
  revocation: Revocation,
): Promise<number> {
  return revokeAll(tx, await listLiveGrants(tx, { userId, unusedDays: days }), revocation);
}

async function revokeAll(
  tx: Tx,
  grants: readonly GrantDetails[],
  revocation: Revocation,
): Promise<number> {
  let ended = 0;
  for (const { id } of grants) {
    ended += (await revokeGrant(tx, id, revocation)) ? 1 : 0;
  }
  return ended;
}
