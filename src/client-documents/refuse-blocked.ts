import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { documentHost } from '../lib/client-id.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isBlockedHost, keepUnblocked } from './blocked-host-store.ts';

/**
 * Refuses a document of a blocked host.
 * @throws StagedoorError `document_refused`
 */
export async function refuseBlocked(db: Db, clientId: string): Promise<void> {
  if (await isBlockedHost(db, new URL(clientId).hostname)) {
    throw refused(clientId);
  }
}

/**
 * Does the same, and keeps the host from being blocked until the transaction ends: the block then finds
 * the row that the transaction writes. Does not wait for a block, which may wait for a row of this
 * transaction.
 * @throws StagedoorError `document_refused`
 */
export async function refuseBlockedUntilCommit(tx: Tx, clientId: string): Promise<void> {
  if (!(await keepUnblocked(tx, new URL(clientId).hostname))) {
    throw refused(clientId);
  }
  await refuseBlocked(tx, clientId);
}

function refused(clientId: string): StagedoorError {
  const message = `The operator of this server has blocked ${documentHost(clientId)}.`;
  return new StagedoorError('document_refused', message);
}
