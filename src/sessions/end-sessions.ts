import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { endSessions, listSessions, lockSessions } from './session-store.ts';

/**
 * Signs a user out everywhere; a sign-in that is under way sees what has been changed before.
 * @returns the uids of the sessions that have ended
 */
export async function endSessionsOf(tx: Tx, userId: string): Promise<string[]> {
  await lockSessions(tx, userId, 'end');
  const uids = (await listSessions(tx, userId)).map(({ uid }) => uid);
  await endSessions(tx, uids);
  return uids;
}

/**
 * Ends sessions that the user has selected, and logs it. Ignores ended sessions and those of other
 * users.
 * @returns number of ended sessions
 */
export async function endPickedSessions(
  tx: Tx,
  userId: string,
  isPicked: (uid: string) => boolean,
  origin: Origin,
): Promise<number> {
  await lockSessions(tx, userId, 'end');
  const picked = (await listSessions(tx, userId)).filter(({ uid }) => isPicked(uid));
  await endSessions(
    tx,
    picked.map(({ uid }) => uid),
  );
  if (picked.length > 0) {
    const actor: Actor = `user:${userId}`;
    const data = { count: picked.length };
    await record(tx, { action: 'stagedoor.user.sessions_ended', actor, userId, origin, data });
  }
  return picked.length;
}
