import { enqueueMail } from '../audit/enqueue-mail.ts';
import type { Actor, Origin } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { RevocationReason } from './grant.ts';
import { selectParties, updateRevoked } from './store.ts';

/** Who ends a grant, from where, and why. */
export interface Revocation {
  readonly reason: RevocationReason;
  readonly actor: Actor;
  readonly origin?: Origin | undefined;
}

/**
 * Ends a grant for good: every access and refresh token of it, at once, with its log entry, in
 * one transaction. Revoking what has ended already changes and logs nothing.
 * @returns whether it was this call that ended it
 * @see RFC 7009 §2.1
 */
export async function revokeGrant(
  tx: Tx,
  grantId: string,
  revocation: Revocation,
): Promise<boolean> {
  const ended = await updateRevoked(tx, grantId, revocation.reason);
  if (ended === undefined) {
    return false;
  }
  const parties = await selectParties(tx, ended.userId, ended.clientId);
  await record(tx, {
    action: 'stagedoor.user.oauth.revoked',
    actor: revocation.actor,
    userId: ended.userId,
    clientId: ended.clientId,
    grantId,
    origin: revocation.origin,
    data: { reason: revocation.reason, application: parties?.application.name },
  });
  if (revocation.reason === 'reuse_detected' && parties !== undefined) {
    await enqueueMail(tx, {
      kind: 'reuse_detected',
      recipient: parties.email,
      locale: parties.locale,
      data: {
        application: parties.application,
        at: new Date().toISOString(),
        timezone: parties.timezone,
      },
    });
  }
  return true;
}
