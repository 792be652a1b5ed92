import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { noteSignIn } from '../sessions/note-sign-in.ts';
import { erasePassword } from '../users/identity-store.ts';
import { tellPasswordChange } from '../users/tell-password-change.ts';
import type { User } from '../users/user.ts';

/**
 * Logs that the upstream provider has said who somebody is. From the first such sign-in on the user
 * has no local password any more, of which they are told.
 * @param from as for `noteSignIn`
 * @returns whether the user may go on: a deactivated one may not
 */
export async function signInUpstream(
  tx: Tx,
  user: User,
  from: { readonly origin: Origin; readonly device: string },
): Promise<boolean> {
  const method = 'upstream';
  if (user.isActive) {
    await noteSignIn(tx, user, { ...from, method });
    if (await erasePassword(tx, user.id)) {
      const { origin } = from;
      await tellPasswordChange(tx, { user, actor: 'system', removed: true, by: method, origin });
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
