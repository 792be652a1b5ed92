import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { isAsciiEmail } from '../lib/email.ts';
import { findUserByIdentity, insertIdentity, touchUser } from '../users/identity-store.ts';
import type { Identity, User } from '../users/user.ts';
import { credentialsByEmail } from '../users/user-store.ts';
import { recordUserChange } from './change-user.ts';
import { notifyIdentityChanged } from './notify-identity-changed.ts';

/**
 * Links the identity to the user with this email address. From then on the address no longer
 * counts. A user with another identity of the same issuer and a deactivated user are not linked.
 * Only for ASCII addresses: a non-ASCII address that looks the same can belong to another mailbox,
 * and the issuer may compare by other rules than `emailKey`. Logs the link and notifies the user by
 * mail.
 * @param email an address that the issuer has verified
 * @returns the user; undefined if no user can be linked
 */
export async function linkByEmail(
  tx: Tx,
  identity: Identity,
  email: string,
  origin: Origin,
): Promise<User | undefined> {
  const user = isAsciiEmail(email) ? (await credentialsByEmail(tx, email))?.user : undefined;
  if (user === undefined || !isAsciiEmail(user.email)) {
    return undefined;
  }
  if (!user.isActive) {
    return user;
  }
  if (await insertIdentity(tx, user.id, identity)) {
    await touchUser(tx, user.id);
    await recordUserChange(tx, 'system', user.id, {
      changed: ['upstream_subject'],
      data: { linked_by: 'verified_email' },
      origin,
    });
    await notifyIdentityChanged(tx, user, {
      kind: 'linked',
      issuer: identity.issuer,
      recipients: [user.email],
      byEmail: { origin },
    });
    return user;
  }
  // Another request may have done the same at this moment.
  const owner = await findUserByIdentity(tx, identity);
  return owner?.id === user.id ? owner : undefined;
}
