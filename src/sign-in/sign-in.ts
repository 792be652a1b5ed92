import { record } from '../audit/store.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { recordSignIn } from '../sessions/record-sign-in.ts';
import { lockSessions } from '../sessions/session-store.ts';
import { replaceHash } from '../users/change-user-store.ts';
import type { User } from '../users/user.ts';
import { credentialsById, holdIdByEmail, type UserCredentials } from '../users/user-store.ts';
import { authenticate } from './authenticate.ts';
import type { Guarded, GuessGuard, GuessOrigin } from './guess-guard.ts';

/** Result of an attempt to sign in. */
export type SignInResult =
  | { readonly outcome: 'signed_in'; readonly user: User }
  | Exclude<Guarded<User>, { outcome: 'right' }>;

/** Dependencies of signing in. */
export interface SignInDeps {
  readonly db: Db;
  readonly guard: GuessGuard;
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** An attempt to sign in. */
export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  readonly from: GuessOrigin;
  /** The id of the browser, see `recordSignIn`. */
  readonly device: string;
  /** Begins the session, in the transaction of the log entry. */
  readonly begin: (user: User) => Promise<void>;
}

/**
 * Checks email address and password behind the guard, and logs the result. An unknown address and a
 * wrong password differ neither in the answer nor in the queries, hashes and writes. A password
 * that is being changed at this moment is refused. A hash of another cost is replaced once the
 * session has begun.
 */
export async function signIn(deps: SignInDeps, attempt: SignInAttempt): Promise<SignInResult> {
  const { email, password, from } = attempt;
  const result = await deps.guard.check(email, from, async (work, logged) => {
    const verified = await authenticate(deps.db, email, password, work);
    const user = await deps.inTransaction((tx) => conclude(tx, attempt, verified, logged));
    if (user !== undefined && verified?.passwordHash && work.isOutdated(verified.passwordHash)) {
      const { passwordHash } = verified;
      const replaced = work
        .hash(password)
        .then((hash) => replaceHash(deps.db, user.id, passwordHash, hash));
      // The person is signed in already. If it failed, the next sign-in tries again.
      await replaced.catch(() => {});
    }
    return user;
  });
  return result.outcome === 'right' ? { outcome: 'signed_in', user: result.value } : result;
}

/** Begins the session or logs the failure. */
async function conclude(
  tx: Tx,
  { email, from: { origin }, device, begin }: SignInAttempt,
  verified: UserCredentials | undefined,
  logged: boolean,
): Promise<User | undefined> {
  if (verified !== undefined && (await isStillRight(tx, verified))) {
    await recordSignIn(tx, verified.user, { origin, device });
    await begin(verified.user);
    return verified.user;
  }
  if (logged) {
    // The address is not stored: it may be a mistyped password.
    await record(tx, {
      action: 'stagedoor.user.sign_in_failed',
      actor: 'system',
      userId: await holdIdByEmail(tx, email.trim()),
      origin,
    });
  }
  return undefined;
}

/** Looks again: a change of the password at this moment ends only the sessions that it finds. */
async function isStillRight(tx: Tx, { user, passwordHash }: UserCredentials): Promise<boolean> {
  await lockSessions(tx, user.id, 'begin');
  const now = await credentialsById(tx, user.id);
  return now?.user.isActive === true && now.passwordHash === passwordHash;
}
