import { allowForgetting } from '../audit/forget-store.ts';
import type { Db } from '../db/database.ts';
import type { Batch } from '../db/delete-due.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';
import {
  countGrants,
  dropDeletion,
  forgetEntries,
  hasGrants,
  lockOpenDeletion,
  type OpenDeletion,
  removeGrants,
  setFinished,
  upsertDeletion,
} from './batch-store.ts';
import type { DeletionKind, EndNotice } from './deletion.ts';

/** Grants that the transaction of a deletion removes itself. */
const AT_ONCE = 1_000;

/**
 * Removes the grants of a user or an application whose row was deleted in this transaction. If there
 * are more than 1,000, a job removes the others; none of them is live any more.
 * @param notice written for each user whose grant was live
 */
export async function beginDeletion(
  tx: Tx,
  kind: DeletionKind,
  subject: string,
  notice: EndNotice | null = null,
): Promise<void> {
  const id = await upsertDeletion(tx, { kind, subject, notice });
  await continueIn(tx, AT_ONCE, id);
}

/**
 * Removes the next grants of the oldest unfinished deletion, at most `limit`, in one transaction. A
 * process that dies meanwhile has done nothing of the batch; another one then does it.
 */
export function continueDeletion(db: Db, limit: number): Promise<Batch> {
  return inTransaction(db, (tx) => continueIn(tx, limit));
}

/**
 * Does the same in this transaction.
 * @param begun deletion that this transaction began; its row is dropped if one batch is enough
 */
export async function continueIn(tx: Tx, limit: number, begun?: string): Promise<Batch> {
  const deletion = await lockOpenDeletion(tx, begun);
  if (deletion === undefined) {
    return { rows: 0, more: false };
  }
  if (begun === undefined && !deletion.counted) {
    await countGrants(tx, deletion);
  }
  const grants = await removeGrants(tx, deletion, limit);
  const entries = deletion.kind === 'user' ? await forget(tx, deletion, limit) : 0;
  const finished = grants < limit && entries < limit && !(await hasGrants(tx, deletion));
  if (finished) {
    await (begun === undefined ? setFinished : dropDeletion)(tx, deletion);
  }
  const rows = grants + entries;
  return { rows, more: finished || rows > 0 };
}

async function forget(tx: Tx, deletion: OpenDeletion, limit: number): Promise<number> {
  await allowForgetting(tx, deletion.subject);
  return forgetEntries(tx, deletion, limit);
}
