import type { Origin } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { authenticate } from './authenticate.ts';
import { noteSignIn } from './note-sign-in.ts';
import type { Throttle } from './throttle.ts';
import type { User } from './user.ts';
import { credentialsByEmail } from './user-store.ts';

/** What came of an attempt to sign in. */
export type SignInResult =
  | { readonly outcome: 'signed_in'; readonly user: User }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retrySeconds: number };

/**
 * Checks e-mail address and password, throttled, and logs what came of it. An unknown address and
 * a wrong password differ neither in the answer nor in what is queried, hashed and written.
 * @param attempt `device` is the id of the browser, see `noteSignIn`
 */
export async function signIn(
  deps: { db: Db; throttle: Throttle },
  attempt: { email: string; password: string; origin: Origin; device: string },
): Promise<SignInResult> {
  const { email, password, origin, device } = attempt;
  const ip = origin.ip ?? '';
  const allowed = deps.throttle.check(email, ip);
  if (!allowed.allowed) {
    return { outcome: 'throttled', retrySeconds: allowed.retrySeconds };
  }
  const user = await authenticate(deps.db, email, password);
  if (user === undefined) {
    deps.throttle.failed(email, ip);
  } else {
    deps.throttle.succeeded(email);
  }
  await inTransaction(deps.db, async (tx) => {
    if (user !== undefined) {
      return noteSignIn(tx, user, { origin, device });
    }
    await record(tx, {
      action: 'stagedoor.user.sign_in_failed',
      actor: 'system',
      userId: (await userOf(tx, email))?.id,
      origin,
    });
  });
  return user ? { outcome: 'signed_in', user } : { outcome: 'wrong' };
}

/** Whose log a failed attempt belongs in. What was typed is not kept: it may be a password. */
async function userOf(db: Db, email: string): Promise<User | undefined> {
  return /[\p{Cc}\p{Cs}]/u.test(email)
    ? undefined
    : (await credentialsByEmail(db, email.trim().slice(0, 256)))?.user;
}
