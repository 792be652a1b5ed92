import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { recordSignIn } from '../sessions/record-sign-in.ts';
import { erasePassword } from '../users/identity-store.ts';
import { notifyPasswordChanged } from '../users/notify-password-changed.ts';
import type { User } from '../users/user.ts';

/**
 * Signs in a user whom the upstream provider has identified, and logs it. The first such sign-in
 * removes the local password and notifies the user.
 * @param from as in `recordSignIn`
 * @returns false for a deactivated user
 */
export async function signInUpstream(
  tx: Tx,
  user: User,
  from: { readonly origin: Origin; readonly device: string },
): Promise<boolean> {
  const method = 'upstream';
  if (user.isActive) {
    await recordSignIn(tx, user, { ...from, method });
    if (await erasePassword(tx, user.id)) {
      const { origin } = from;
      await notifyPasswordChanged(tx, { user, actor: 'system', removed: true, by: method, origin });
    }
  } else {
    await record(tx, {
      action: 'stagedoor.user.sign_in_failed',
      actor: 'system',
      userId: user.id,
      origin: from.origin,
      data: { method, reason: 'deactivated' },
    });
  }
  return user.isActive;
}
