import { recordAll } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { updateRevoked } from './change-store.ts';
import { lockLiveGrants } from './list-store.ts';
import { type Revocation, revocationCounts } from './revoke.ts';

/** A revocation that the user asked for, so that no mail reports it. */
export type OwnRevocation = Revocation & { readonly reason: 'revoked_by_user' | 'replaced' };

/**
 * Ends all live grants that a user gave one application, each with its log entry, by as few statements
 * as possible: there may be thousands.
 * @returns how many this call ended
 */
export async function revokeGrantsOfApplication(
  tx: Tx,
  parties: { userId: string; clientId: string },
  revocation: OwnRevocation,
): Promise<number> {
  const grants = await lockLiveGrants(tx, parties);
  return revokeLocked(tx, grants, revocation);
}

/**
 * Revokes grants whose rows are locked, each with its log entry.
 * @returns number of revoked grants
 */
export async function revokeLocked(
  tx: Tx,
  grants: readonly { readonly id: string; readonly applicationName: string }[],
  { reason, actor, origin }: OwnRevocation,
): Promise<number> {
  const names = new Map(grants.map(({ id, applicationName }) => [id, applicationName]));
  const ended = await updateRevoked(tx, [...names.keys()], reason);
  await recordAll(
    tx,
    ended.map(({ id, userId, clientId }) => ({
      action: 'stagedoor.user.oauth.revoked',
      actor,
      userId,
      clientId,
      grantId: id,
      origin,
      data: { reason, application: names.get(id) },
    })),
  );
  for (let n = 0; n < ended.length; n += 1) {
    revocationCounts.count(reason);
  }
  return ended.length;
}
