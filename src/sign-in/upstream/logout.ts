import type { Tx } from '../../db/transaction.ts';
import { SIGN_IN_TTL, type UpstreamIdentity } from './sign-in.ts';
import { lockLogouts, selectLogouts, upsertLogout } from './store.ts';

/** An end at the provider: of one session, or of all of a person. */
export interface Logout {
  readonly issuer: string;
  readonly subject: string | undefined;
  /** If it is there, only this session has ended. */
  readonly sid: string | undefined;
}

/** Notes what has ended, for as long as a sign-in that was begun before may take. */
export async function recordLogout(tx: Tx, { issuer, subject, sid }: Logout, at: Date) {
  const key = sid === undefined ? keyOf(issuer, 'sub', subject) : keyOf(issuer, 'sid', sid);
  await lockLogouts(tx, [key]);
  await upsertLogout(tx, key, at, SIGN_IN_TTL);
}

/**
 * Tests if a person has signed out at the provider since they signed in there. A logout waits until
 * this transaction ends and then finds its session.
 * @param authenticatedAt time of the sign-in there, in whole seconds
 */
export async function isLoggedOut(
  tx: Tx,
  { issuer, subject, sid, begunAt }: UpstreamIdentity,
  authenticatedAt: Date,
): Promise<boolean> {
  const keys = [
    keyOf(issuer, 'sub', subject),
    ...(sid === undefined ? [] : [keyOf(issuer, 'sid', sid)]),
  ];
  await lockLogouts(tx, keys);
  const logouts = await selectLogouts(tx, keys);
  return logouts.some(({ loggedOutAt, receivedAt }) => {
    const later = loggedOutAt.getTime() - Math.floor(authenticatedAt.getTime() / 1000) * 1000;
    return later > 0 || (later === 0 && begunAt <= receivedAt);
  });
}

function keyOf(issuer: string, kind: 'sub' | 'sid', value: string | undefined): string {
  return JSON.stringify([issuer, kind, value]);
}
