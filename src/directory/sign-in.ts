import type { Origin } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { authenticate } from './authenticate.ts';
import { noteSignIn } from './note-sign-in.ts';
import { lockSessions } from './session-store.ts';
import type { Throttle } from './throttle.ts';
import type { User } from './user.ts';
import { credentialsByEmail, credentialsById, type UserCredentials } from './user-store.ts';

/** What came of an attempt to sign in. */
export type SignInResult =
  | { readonly outcome: 'signed_in'; readonly user: User }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retrySeconds: number };

/** What signing in needs. */
export interface SignInDeps {
  readonly db: Db;
  readonly throttle: Throttle;
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** An attempt to sign in. */
export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  readonly origin: Origin;
  /** The id of the browser, see `noteSignIn`. */
  readonly device: string;
  /** Begins the session, in the transaction of the log entry. */
  readonly begin: (user: User) => Promise<void>;
}

/**
 * Checks e-mail address and password, throttled, and logs what came of it. An unknown address and
 * a wrong password differ neither in the answer nor in what is queried, hashed and written. A
 * password that is changed at this moment lets nobody in any more.
 */
export async function signIn(deps: SignInDeps, attempt: SignInAttempt): Promise<SignInResult> {
  const { email, password, origin, device } = attempt;
  const ip = origin.ip ?? '';
  const allowed = deps.throttle.check(email, ip);
  if (!allowed.allowed) {
    return { outcome: 'throttled', retrySeconds: allowed.retrySeconds };
  }
  const verified = await authenticate(deps.db, email, password);
  const user = await deps.inTransaction(async (tx) => {
    if (verified !== undefined && (await isStillRight(tx, verified))) {
      await noteSignIn(tx, verified.user, { origin, device });
      await attempt.begin(verified.user);
      return verified.user;
    }
    await record(tx, {
      action: 'stagedoor.user.sign_in_failed',
      actor: 'system',
      userId: (await userOf(tx, email))?.id,
      origin,
    });
    return undefined;
  });
  if (user === undefined) {
    deps.throttle.failed(email, ip);
  } else {
    deps.throttle.succeeded(email);
  }
  return user ? { outcome: 'signed_in', user } : { outcome: 'wrong' };
}

/** Looks again: a change of the password at this moment ends only the sessions that it finds. */
async function isStillRight(tx: Tx, { user, passwordHash }: UserCredentials): Promise<boolean> {
  await lockSessions(tx, user.id, 'begin');
  const now = await credentialsById(tx, user.id);
  return now?.user.isActive === true && now.passwordHash === passwordHash;
}

/** Whose log a failed attempt belongs in. What was typed is not kept: it may be a password. */
async function userOf(db: Db, email: string): Promise<User | undefined> {
  return (await credentialsByEmail(db, email.trim()))?.user;
}
