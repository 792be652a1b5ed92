import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isReviewed } from './application.ts';
import type { EncodedLogo } from './encode-logo.ts';
import { lockForActor } from './lock.ts';
import { updateLogo } from './logo-store.ts';
import { recordForOwner } from './record-for-owner.ts';

/**
 * Sets the logo of a registered application, or removes it. No difference: nothing is written or logged.
 * @throws StagedoorError `not_found`, also if it belongs to another user; `conflict` if it is not registered
 */
export async function setLogo(
  tx: Tx,
  actor: Actor,
  clientId: string,
  { logo, origin }: { readonly logo: EncodedLogo | undefined; readonly origin: Origin },
): Promise<void> {
  const before = await lockForActor(tx, actor, clientId);
  if (before.kind !== 'registered') {
    throw new StagedoorError('conflict', 'Only registered applications have a logo.');
  }
  if (before.logo === (logo?.hash ?? null)) {
    return;
  }
  const { updatedAt: at, reviewedAt } = await updateLogo(tx, clientId, logo);
  const resetReview = isReviewed(before) && reviewedAt === null;
  await recordForOwner(tx, before, {
    action: 'stagedoor.application.changed',
    actor,
    origin,
    at,
    data: {
      changed: ['logo'],
      ...(resetReview ? { review_reset: true } : {}),
    },
  });
}
