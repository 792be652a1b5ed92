import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { updatePassword } from '../users/change-user-store.ts';
import { notifyPasswordChanged } from '../users/notify-password-changed.ts';
import type { User } from '../users/user.ts';
import { credentialsById, lockUser, type UserCredentials } from '../users/user-store.ts';
import type { Guarded, GuessOrigin } from './guess-guard.ts';
import type { SignInDeps } from './sign-in.ts';

/** Result of changing a password. */
export type PasswordResult =
  /** `sessions`: the uids of those that have ended, this browser's among them. */
  | { readonly outcome: 'changed'; readonly sessions: readonly string[] }
  | Exclude<Guarded<readonly string[]>, { outcome: 'right' }>;

/** An attempt by the user themselves. */
export interface PasswordAttempt {
  readonly user: User;
  readonly current: string;
  /** Good by the rules. */
  readonly wanted: string;
  readonly from: GuessOrigin;
  /** Begins this browser's next session, in the transaction of the change. */
  readonly begin: () => Promise<void>;
}

/** Tests if the user signs in with a password. */
export async function hasPassword(deps: Pick<SignInDeps, 'db'>, userId: string): Promise<boolean> {
  return ((await credentialsById(deps.db, userId))?.passwordHash ?? null) !== null;
}

/**
 * Changes a user's own password. The current one is guarded as at sign-in, by the same
 * limits; of two changes at once one wins. Everybody is signed out, this browser goes on in a new
 * session. Grants stay.
 */
export async function changePassword(
  deps: SignInDeps,
  attempt: PasswordAttempt,
): Promise<PasswordResult> {
  const { user, from, current, wanted } = attempt;
  const result = await deps.guard.check(user.email, from, async ({ verify, hash }) => {
    const known = await credentialsById(deps.db, user.id);
    const matches = await verify(known?.passwordHash ?? null, current);
    const wantedHash = matches ? await hash(wanted) : undefined;
    return deps.inTransaction((tx) => conclude(tx, attempt, known, wantedHash));
  });
  return result.outcome === 'right' ? { outcome: 'changed', sessions: result.value } : result;
}

/** Replaces the password or logs the failure. @returns the sessions that have ended */
async function conclude(
  tx: Tx,
  { user, from: { origin }, begin }: PasswordAttempt,
  known: UserCredentials | undefined,
  wantedHash: string | undefined,
): Promise<readonly string[] | undefined> {
  const now = await lockUser(tx, user.id);
  const isRight = now?.user.isActive === true && now.passwordHash === known?.passwordHash;
  if (known === undefined || wantedHash === undefined || !isRight) {
    await record(tx, failure(user, origin));
    return undefined;
  }
  await updatePassword(tx, user.id, wantedHash);
  const ended = await endSessionsOf(tx, user.id);
  await notifyPasswordChanged(tx, {
    user: known.user,
    actor: `user:${user.id}`,
    removed: false,
    by: 'user',
    origin,
  });
  await begin();
  return ended;
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
