import { sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * One open transaction. A use case that takes a `Tx` writes its change and the audit event of it
 * together, or not at all; the caller decides where it begins and ends.
 */
export type Tx = Transaction<Schema>;

/** Runs `work` in a transaction of its own, READ COMMITTED; rolls back when it throws. */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(work);
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

/** A deadlock, a failed serialization, and a lock that was not there in time. */
const CONTENTION: ReadonlySet<unknown> = new Set(['40P01', '40001', '55P03']);

/** Whether only somebody else's transaction is in the way: the same again may go well. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONTENTION.has(error.code);
}
