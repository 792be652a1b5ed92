import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { createEventCounts } from '../lib/event-counts.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { updateRevoked } from './change-store.ts';
import { REVOCATION_REASONS, type RevocationReason } from './grant.ts';
import { type GrantForMail, selectGrantForMail } from './mail-store.ts';

/** Grants that this process has revoked; counted as in `audit/store.ts`. */
export const revocationCounts = createEventCounts(REVOCATION_REASONS);

/** Actor, origin and reason of a revocation. */
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
  const [ended] = await updateRevoked(tx, [grantId], revocation.reason);
  if (ended === undefined) {
    return false;
  }
  revocationCounts.count(revocation.reason);
  const grant = await selectGrantForMail(tx, grantId);
  await record(tx, {
    action: 'stagedoor.user.oauth.revoked',
    actor: revocation.actor,
    userId: ended.userId,
    clientId: ended.clientId,
    grantId,
    // Without its user or application it is being removed, and the log must not know a deleted user.
    origin: grant && revocation.origin,
    data: { reason: revocation.reason, application: grant?.access.application.name },
  });
  if (grant !== undefined) {
    await notifyUser(tx, grant, revocation.reason);
  }
  return true;
}

/** Of what neither the user nor, for its own part, the application has asked for. */
async function notifyUser(tx: Tx, grant: GrantForMail, reason: RevocationReason): Promise<void> {
  const { access, timezone, locale, email: recipient } = grant;
  const occurrence = { at: new Date().toISOString(), timezone };
  if (reason === 'reuse_detected' || reason === 'leaked') {
    const data = { ...occurrence, application: access.application };
    await enqueueMail(tx, { kind: reason, recipient, locale, data });
  }
  if (reason === 'revoked_by_operator') {
    const data = { ...occurrence, ...access, grantedAt: grant.createdAt.toISOString() };
    await enqueueMail(tx, { kind: reason, recipient, locale, data });
  }
}
