import { record } from '../audit/store.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { hashOf } from '../lib/credentials.ts';
import { emailKey } from '../lib/email.ts';
import { RetryLaterError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { isKnownDevice } from '../sessions/device-store.ts';
import { type PasswordQueue, type PasswordWork, passwordWork } from '../users/password-queue.ts';
import { credentialsByEmail, holdIdByEmail } from '../users/user-store.ts';
import type { GuessLimits } from './guess-limits.ts';

/** Source of a password. */
export interface GuessOrigin {
  readonly origin: Origin;
  /** The id in the browser's device cookie, if it has one. */
  readonly device: string | undefined;
  /** The session of this browser, if it has one. */
  readonly session: { readonly userId: string; readonly sessionUid: string } | undefined;
}

/** Result of a guarded check; `busy` if too many passwords are being checked. */
export type Guarded<T> =
  | { readonly outcome: 'right'; readonly value: T }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled' | 'busy'; readonly retrySeconds: number };

/** Guards every check of a user's password. */
export interface GuessGuard {
  /**
   * Checks a password, unless there were too many wrong ones or too much work is waiting.
   * @param check the check; undefined if the password is wrong. Has to hash with the given
   *   `work`, and to log a wrong password if `logged`
   */
  check<T>(
    email: string,
    from: GuessOrigin,
    check: (work: PasswordWork, logged: boolean) => Promise<T | undefined>,
  ): Promise<Guarded<T>>;
}

/** Parts of the guard. */
export interface GuessGuardDeps {
  readonly db: Db;
  readonly limits: GuessLimits;
  readonly queue: PasswordQueue;
  readonly log: Logger;
  readonly countCheck: (outcome: Guarded<unknown>['outcome']) => void;
}

/** Guards passwords by limits on guessing and by the queue for hashing. */
export function createGuessGuard(deps: GuessGuardDeps): GuessGuard {
  const { db, queue } = deps;
  return {
    check: async (email, from, check) => {
      const trustedAs = await findTrust(db, email, from);
      const priority = trustedAs === undefined ? 'stranger' : 'trusted';
      let leave: () => void;
      try {
        leave = queue.enter(priority);
      } catch (error) {
        if (error instanceof RetryLaterError) {
          deps.countCheck('busy');
          return { outcome: 'busy', retrySeconds: error.retrySeconds };
        }
        throw error;
      }
      try {
        const result = await countAndCheck(deps, { email, from, trustedAs }, (logged) =>
          check(passwordWork(queue, priority), logged),
        );
        deps.countCheck(result.outcome);
        return result;
      } finally {
        leave();
      }
    },
  };
}

async function countAndCheck<T>(
  deps: GuessGuardDeps,
  guess: {
    readonly email: string;
    readonly from: GuessOrigin;
    readonly trustedAs?: string | undefined;
  },
  check: (logged: boolean) => Promise<T | undefined>,
): Promise<Guarded<T>> {
  const {
    email,
    from: { origin },
    trustedAs,
  } = guess;
  const account = emailKey(email.trim()) ?? email;
  const verdict = await deps.limits.take({ account, ip: origin.ip ?? '', trustedAs });
  if (verdict.first) {
    await recordLimit(deps, { account, email, origin });
  }
  if (!verdict.allowed) {
    return { outcome: 'throttled', retrySeconds: verdict.retrySeconds };
  }
  const spent = await deps.limits.successes.peek(account);
  if (!spent.allowed) {
    return { outcome: 'throttled', retrySeconds: spent.retrySeconds };
  }
  const value = await check(!verdict.slowed);
  if (value === undefined) {
    await countFailure(deps);
    return { outcome: 'wrong' };
  }
  await verdict.takeBack();
  await deps.limits.successes.take(account);
  return { outcome: 'right', value };
}

/**
 * Returns a name for the known browser or the session of the account that a password comes from;
 * undefined for a stranger. Runs the same queries if no account has the address.
 */
async function findTrust(
  db: Db,
  email: string,
  { device, session }: GuessOrigin,
): Promise<string | undefined> {
  if (device === undefined && session === undefined) {
    return undefined;
  }
  const id = (await credentialsByEmail(db, email.trim()))?.user.id;
  const hash = hashOf(device ?? '');
  if ((await isKnownDevice(db, id ?? '', hash)) && id !== undefined) {
    return `${id} device ${hash.toString('base64url')}`;
  }
  return id !== undefined && session?.userId === id
    ? `${id} session ${session.sessionUid}`
    : undefined;
}

/** Logs that a limit was reached, for operators, and once an hour for the account. */
async function recordLimit(
  { db, limits, log }: GuessGuardDeps,
  refused: { readonly account: string; readonly email: string; readonly origin: Origin },
): Promise<void> {
  const { account, email, origin } = refused;
  log.warn({ ip: origin.ip }, 'Sign-in attempts limited');
  if ((await limits.noted.take(account)).allowed) {
    await inTransaction(db, async (tx) => {
      const userId = await holdIdByEmail(tx, email.trim());
      await record(tx, {
        action: 'stagedoor.user.sign_in_throttled',
        actor: 'system',
        userId,
        origin,
      });
    });
  }
}

async function countFailure({ limits, log }: GuessGuardDeps): Promise<void> {
  const verdict = await limits.alarm.take('');
  if (!verdict.allowed && verdict.first) {
    log.warn('Sign-in failures exceed the alarm level; passwords may be under attack');
  }
}
