import { endKeysSoon } from '../client-keys/store.ts';
import { endSecretsSoon } from '../client-secrets/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import type { Application } from './application.ts';
import { deleteFailureNotices } from './change-store.ts';
import { mailOwner } from './mail-owner.ts';
import { deleteTransfer } from './transfer-store.ts';

/**
 * Ends what the previous owner could still use: a waiting offer, and within 24 hours every client
 * secret and key that exists. Mails both owners. The new one gets mails about failures, whatever the
 * previous one chose.
 * @param before the application with its previous owner, locked
 */
export async function followOwnerChange(
  tx: Tx,
  before: Application,
  ownerId: string | null,
  origin: Origin | undefined,
): Promise<void> {
  await deleteTransfer(tx, before.clientId);
  await endSecretsSoon(tx, before.clientId);
  await endKeysSoon(tx, before.clientId);
  await deleteFailureNotices(tx, before.clientId);
  if (before.ownerId !== null) {
    // The mail does not tell where the new owner was at that moment.
    await mailOwner(tx, before, { change: 'transferred_away', userId: before.ownerId });
  }
  if (ownerId !== null) {
    await mailOwner(tx, before, { change: 'transferred_to_you', userId: ownerId, origin });
  }
}
