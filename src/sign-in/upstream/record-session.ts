import { record } from '../../audit/store.ts';
import type { Tx } from '../../db/transaction.ts';
import { endSessions } from '../../sessions/session-store.ts';
import { isLoggedOut } from './logout.ts';
import type { UpstreamSignIn } from './sign-in.ts';
import { upsertUpstreamSession } from './store.ts';

/**
 * Notes which session at the provider a browser session came from. If that one has ended since the
 * person came back from the provider, the browser session ends in the transaction in which it began.
 */
export async function recordUpstreamSession(
  tx: Tx,
  session: { readonly uid: string; readonly userId: string },
  { upstream, authenticatedAt }: Pick<UpstreamSignIn, 'upstream' | 'authenticatedAt'>,
): Promise<void> {
  const { uid, userId } = session;
  const { issuer, sid } = upstream;
  if (await isLoggedOut(tx, upstream, authenticatedAt)) {
    await endSessions(tx, [uid]);
    const data = { method: 'upstream' };
    await record(tx, { action: 'stagedoor.user.signed_out', actor: 'system', userId, data });
  } else if (sid !== undefined) {
    await upsertUpstreamSession(tx, uid, { issuer, sid });
  }
}
