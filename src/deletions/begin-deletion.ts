import type { Tx } from '../db/transaction.ts';
import { upsertDeletion } from './batch-store.ts';
import { continueIn } from './continue-deletion.ts';
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
