import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { found } from '../lib/errors.ts';
import { updatePreferences } from './change-user-store.ts';
import type { Preferences } from './user.ts';
import { lockUser } from './user-store.ts';

/**
 * Keeps what a user has chosen for themselves; what is not in `change` stays. The log names what was
 * changed, not to what; no difference: nothing is written.
 * @throws StagedoorError `not_found` where the user was deleted meanwhile
 */
export async function choosePreferences(
  tx: Tx,
  userId: string,
  change: Partial<Preferences>,
  origin: Origin,
): Promise<void> {
  const known = found(await lockUser(tx, userId), 'The user was deleted meanwhile.');
  const before = known.user.chosen;
  const chosen = { ...before, ...change };
  const changed = (['locale', 'timezone'] as const).filter((one) => before[one] !== chosen[one]);
  if (changed.length === 0) {
    return;
  }
  await updatePreferences(tx, userId, chosen);
  await record(tx, {
    action: 'stagedoor.user.preferences_changed',
    actor: `user:${userId}`,
    userId,
    origin,
    data: { changed },
  });
}
