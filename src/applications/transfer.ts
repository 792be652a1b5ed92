import type { AuditEvent } from '../audit/event.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { emailKey } from '../lib/email.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import { type Application, isReviewed } from './application.ts';
import { setOwner } from './change-store.ts';
import { followOwnerChange } from './follow-owner-change.ts';
import { lockForActor, lockOrThrow } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { recordForOwner } from './record-for-owner.ts';
import {
  activeUserByEmail,
  deleteTransfer,
  insertTransfer,
  selectOutgoingTransfer,
} from './transfer-store.ts';

/**
 * Offers an application to the user with this e-mail address. Whether there is one shows in
 * nothing that the owner sees; only a known, active user gets the offer, and a mail.
 * @throws StagedoorError `not_found`; `conflict` if it is suspended or an offer is waiting already;
 *   ValidationError
 */
export async function offerTransfer(
  tx: Tx,
  actor: Actor,
  clientId: string,
  ownerId: string,
  email: string,
  origin?: Origin,
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  if (application.ownerId !== ownerId) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  refuseSuspended(application);
  const address = email.trim();
  const key = emailKey(address);
  if (key === undefined) {
    throw new ValidationError({ email: ['Enter a valid email address.'] });
  }
  if ((await selectOutgoingTransfer(tx, clientId)) !== undefined) {
    throw new StagedoorError('conflict', 'It is offered to somebody already. Withdraw that first.');
  }
  const receiverId = await activeUserByEmail(tx, key);
  if (receiverId === ownerId) {
    throw new ValidationError({ email: ['It is yours already.'] });
  }
  await insertTransfer(tx, { clientId, fromUserId: ownerId, toUserId: receiverId, email: address });
  await log(tx, 'offered', application, ownerId, { actor, origin, data: { email: address } });
  await mailOwner(tx, application, { change: 'transfer_offered', details: [address], origin });
  if (receiverId !== undefined) {
    await mailOwner(tx, application, { change: 'transfer_received', userId: receiverId });
  }
}

/**
 * Takes an offer back. Where there is none any more nothing happens.
 * @throws StagedoorError `not_found`
 */
export async function withdrawTransfer(
  tx: Tx,
  actor: Actor,
  clientId: string,
  origin?: Origin,
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  const offer = await deleteTransfer(tx, clientId);
  if (offer !== undefined) {
    await log(tx, 'withdrawn', application, offer.fromUserId, { actor, origin });
  }
}

/**
 * Makes this user the owner of an application that is offered to them. The review ends, and the
 * client secrets that exist end within 24 hours. Both users find it in their log and get a mail.
 * @throws StagedoorError `not_found` where it is not, or no longer, offered to this user; `conflict` if it
 *   is suspended
 */
export async function acceptTransfer(
  tx: Tx,
  actor: Actor,
  userId: string,
  clientId: string,
  origin?: Origin,
): Promise<void> {
  const { application, fromUserId } = await takeOffer(tx, userId, clientId);
  refuseSuspended(application);
  await setOwner(tx, clientId, userId);
  // The former owner's entry says nothing of where the new one was at that moment.
  const data = isReviewed(application) ? { review_reset: true } : {};
  await log(tx, 'accepted', application, fromUserId, { actor, data });
  await log(tx, 'accepted', application, userId, { actor, origin, data });
  await followOwnerChange(tx, application, userId, origin);
}

/**
 * Says no to an offered application.
 * @throws StagedoorError `not_found` where it is not, or no longer, offered to this user
 */
export async function declineTransfer(
  tx: Tx,
  actor: Actor,
  userId: string,
  clientId: string,
  origin?: Origin,
): Promise<void> {
  const { application, fromUserId } = await takeOffer(tx, userId, clientId);
  await log(tx, 'declined', application, fromUserId, { actor });
  await log(tx, 'declined', application, userId, { actor, origin });
}

/** Operators cannot end the suspension of an application that is theirs; transferred, it would not be. */
function refuseSuspended({ suspendedAt }: Application): void {
  if (suspendedAt !== null) {
    throw new StagedoorError('conflict', 'A suspended application cannot be transferred.');
  }
}

/** Under the application's lock, as every change of an offer: of two answers one is the first. */
async function takeOffer(tx: Tx, userId: string, clientId: string) {
  const application = await lockOrThrow(tx, clientId);
  const offer = await deleteTransfer(tx, clientId, userId);
  if (offer === undefined || offer.fromUserId !== application.ownerId) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return { application, fromUserId: offer.fromUserId };
}

/** Adds an entry to the log of one of the two users. */
function log(
  tx: Tx,
  what: 'offered' | 'withdrawn' | 'accepted' | 'declined',
  application: Application,
  userId: string,
  event: Pick<AuditEvent, 'actor' | 'origin' | 'data'>,
): Promise<void> {
  const action = `stagedoor.application.transfer_${what}` as const;
  return recordForOwner(tx, { ...application, ownerId: userId }, { action, ...event });
}
