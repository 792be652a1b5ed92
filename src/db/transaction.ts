import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * One open transaction. A use case that takes a `Tx` writes its change and the audit event of it
 * together, or not at all; the caller decides where it begins and ends.
 */
export type Tx = Transaction<Schema>;

/**
 * Milliseconds until a transaction that ended in a deadlock is repeated. Without them it could lock its first
 * row again before the other one gets it, and both would be in the same deadlock as before.
 */
const REPEAT_DELAY = 50;

/**
 * Runs `work` in a transaction of its own, READ COMMITTED; rolls back when it throws. If another
 * transaction was in the way, `work` runs once more from the beginning.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await inOneTransaction(db, work);
  } catch (error) {
    if (!hasCode(error, DEADLOCK)) {
      throw error;
    }
    await sleep(REPEAT_DELAY);
    return inOneTransaction(db, work);
  }
}

/** Does the same for `work` that can't be repeated. */
export function inOneTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(work);
}

/** Thrown inside a transaction to roll it back. */
class RolledBack extends Error {}

/**
 * Runs `work` like `inOneTransaction`, but commits only if it returns true.
 * @returns whether it was committed
 */
export async function commitIf(db: Db, work: (tx: Tx) => Promise<boolean>): Promise<boolean> {
  try {
    await inOneTransaction(db, async (tx) => {
      if (!(await work(tx))) {
        throw new RolledBack();
      }
    });
    return true;
  } catch (error) {
    if (error instanceof RolledBack) {
      return false;
    }
    throw error;
  }
}

/** Runs `work` in a transaction that is rolled back in any case; returns its result. */
export async function tryAndUndo<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  await commitIf(db, async (tx) => {
    result = { value: await work(tx) };
    return false;
  });
  if (result === undefined) {
    throw new Error('The work of a transaction did not end.');
  }
  return result.value;
}

/** Runs reads that have to see one and the same state; nothing in it can write. */
export function inSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(work);
}

/** Runs a part of a transaction; where it throws, only this part is undone. */
export async function inSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(tx);
  try {
    const result = await work();
    await sql`release savepoint part`.execute(tx);
    return result;
  } catch (error) {
    await sql`rollback to savepoint part`.execute(tx);
    throw error;
  }
}

/** Milliseconds that a statement of this transaction waits for a lock; then it fails. */
export async function limitLockWait(tx: Tx, milliseconds: number): Promise<void> {
  await sql.raw(`set local lock_timeout = ${Math.round(milliseconds)}`).execute(tx);
}

/** Milliseconds that this transaction may wait for its next statement. */
export async function allowIdle(tx: Tx, milliseconds: number): Promise<void> {
  await sql.raw(`set local idle_in_transaction_session_timeout = ${milliseconds}`).execute(tx);
}

/** A deadlock, and a failed serialization: PostgreSQL has rolled one of the two back. */
const DEADLOCK: ReadonlySet<unknown> = new Set(['40P01', '40001']);
/** These, and a lock that was not there in time. */
const CONTENTION: ReadonlySet<unknown> = new Set([...DEADLOCK, '55P03']);
/** These, and limits on the time of a statement, of an idle transaction and of any transaction. */
const BUSY: ReadonlySet<unknown> = new Set([...CONTENTION, '57014', '25P03', '25P04']);

/**
 * Tests if the error only means that another transaction was in the way, so that a retry can
 * succeed.
 */
export function isContention(error: unknown): boolean {
  return hasCode(error, CONTENTION);
}

/** Tests if PostgreSQL ended a statement because it had waited or run too long. */
export function isBusy(error: unknown): boolean {
  return hasCode(error, BUSY);
}

function hasCode(error: unknown, codes: ReadonlySet<unknown>): boolean {
  return error instanceof Error && 'code' in error && codes.has(error.code);
}
