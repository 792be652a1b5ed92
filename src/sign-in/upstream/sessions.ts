import { record } from '../../audit/store.ts';
import type { Tx } from '../../db/transaction.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { endSessions } from '../../sessions/session-store.ts';
import { findUserByIdentity } from '../../users/identity-store.ts';
import { isLoggedOut, recordLogout } from './logout.ts';
import { LOGOUT_TOKEN_AGE, type LogoutToken } from './logout-token.ts';
import type { UpstreamSignIn } from './sign-in.ts';
import { insertLogoutToken, selectSessions, upsertUpstreamSession } from './store.ts';

/**
 * Ends the browser sessions that came from an ended session at the provider, and logs it. Also ends
 * sign-ins in progress. Applications keep their access, as with a sign-out here.
 * @throws StagedoorError `validation_failed` if the token was used before
 */
export async function endSessionsAt(
  tx: Tx,
  issuer: string,
  { jti, subject, sid, at }: LogoutToken,
): Promise<void> {
  if (!(await insertLogoutToken(tx, `${issuer} ${jti}`, 2 * LOGOUT_TOKEN_AGE))) {
    throw new StagedoorError('validation_failed', 'The logout token was used before.');
  }
  await recordLogout(tx, { issuer, subject, sid }, at);
  const user =
    subject === undefined ? undefined : await findUserByIdentity(tx, { issuer, subject });
  if (subject !== undefined && user === undefined) {
    return;
  }
  const sessions = await selectSessions(tx, issuer, { userId: user?.id, sid });
  await endSessions(tx, [...new Set(sessions.map(({ uid }) => uid))]);
  for (const userId of new Set(sessions.map((one) => one.userId))) {
    await record(tx, {
      action: 'stagedoor.user.signed_out',
      actor: 'system',
      userId,
      data: { method: 'upstream' },
    });
  }
}

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
