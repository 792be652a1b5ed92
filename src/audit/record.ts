import type { Tx } from '../db/transaction.ts';
import type { AuditEvent } from './event.ts';
import { insertEvent } from './store.ts';

/** Writes an entry of the log in the transaction of what it tells. */
export async function record(tx: Tx, event: AuditEvent): Promise<void> {
  await insertEvent(tx, event);
}
