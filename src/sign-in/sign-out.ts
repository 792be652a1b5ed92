import { record } from '../audit/store.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';

/** Logs that a user signed out; the session itself is the caller's to end. */
export async function signOut(db: Db, userId: string, origin: Origin): Promise<void> {
  await inTransaction(db, (tx) =>
    record(tx, { action: 'stagedoor.user.signed_out', actor: `user:${userId}`, userId, origin }),
  );
}
