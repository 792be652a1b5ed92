import type { AuditEvent } from '../audit/event.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Application } from './application.ts';

/** Adds an entry about an application to the log, which its owner reads. */
export async function recordForOwner(
  tx: Tx,
  { clientId, name, ownerId }: Pick<Application, 'clientId' | 'name' | 'ownerId'>,
  event: Omit<AuditEvent, 'clientId' | 'userId'>,
): Promise<void> {
  const data = { application: name, ...event.data };
  await record(tx, { ...event, clientId, userId: ownerId ?? undefined, data });
}
