import type { Origin } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import { endSessionsOf } from './end-sessions.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { SignInDeps } from './sign-in.ts';
import { tellPasswordChange } from './tell-password-change.ts';
import type { User } from './user.ts';
import { credentialsById, lockUser, updatePassword } from './user-store.ts';

/** What came of an attempt to change a password. */
export type PasswordResult =
  /** `sessions`: the uids of those that have ended, this browser's among them. */
  | { readonly outcome: 'changed'; readonly sessions: readonly string[] }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retrySeconds: number };

/** An attempt by the user themselves. */
export interface PasswordAttempt {
  readonly user: User;
  readonly current: string;
  /** Good by the rules. */
  readonly wanted: string;
  readonly origin: Origin;
  /** Begins this browser's next session, in the transaction of the change. */
  readonly begin: () => Promise<void>;
}

/** Whether the user signs in with a password. */
export async function hasPassword(deps: Pick<SignInDeps, 'db'>, userId: string): Promise<boolean> {
  return ((await credentialsById(deps.db, userId))?.passwordHash ?? null) !== null;
}

/**
 * Changes a user's own password. The current one is guarded as at sign-in, by the same count of
 * failures; of two changes at once one wins. Everybody is signed out, this browser goes on in a new
 * session. Grants stay.
 */
export async function changePassword(
  deps: SignInDeps,
  { user, current, wanted, origin, begin }: PasswordAttempt,
): Promise<PasswordResult> {
  const ip = origin.ip ?? '';
  const allowed = deps.throttle.check(user.email, ip);
  if (!allowed.allowed) {
    return { outcome: 'throttled', retrySeconds: allowed.retrySeconds };
  }
  const known = await credentialsById(deps.db, user.id);
  const matches = await verifyPassword(known?.passwordHash ?? null, current);
  const wantedHash = matches ? await hashPassword(wanted) : undefined;
  const sessions = await deps.inTransaction(async (tx) => {
    const now = await lockUser(tx, user.id);
    const isRight = now?.user.isActive === true && now.passwordHash === known?.passwordHash;
    if (known === undefined || wantedHash === undefined || !isRight) {
      await record(tx, failure(user, origin));
      return undefined;
    }
    await updatePassword(tx, user.id, wantedHash);
    const ended = await endSessionsOf(tx, user.id);
    await tellPasswordChange(tx, {
      user: known.user,
      actor: `user:${user.id}`,
      removed: false,
      by: 'user',
      origin,
    });
    await begin();
    return ended;
  });
  if (sessions === undefined) {
    deps.throttle.failed(user.email, ip);
    return { outcome: 'wrong' };
  }
  deps.throttle.succeeded(user.email);
  return { outcome: 'changed', sessions };
}

function failure(user: User, origin: Origin) {
  return {
    action: 'stagedoor.user.sign_in_failed',
    actor: 'system',
    userId: user.id,
    origin,
    data: { reason: 'password_change' },
  } as const;
}
