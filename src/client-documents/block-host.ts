import { suspendApplication } from '../applications/change-state.ts';
import { record } from '../audit/store.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { documentHost } from '../lib/client-id.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import {
  type BlockedHost,
  clientIdsOfHost,
  deleteBlockedHost,
  isBlockedHost,
  keepUnblocked,
  lockBlock,
  upsertBlockedHost,
} from './blocked-host-store.ts';

/**
 * Blocks a host: its documents, and those of its subdomains, are not accepted any more, and the
 * applications that came from there are suspended.
 * @throws ValidationError
 */
export async function blockHost(
  tx: Tx,
  actor: Actor,
  host: string,
  reason: string,
): Promise<BlockedHost> {
  if (!isHost(host)) {
    const problem = 'Enter a host name in lower case, without a port or a dot at the end.';
    throw new ValidationError({ host: [problem] });
  }
  await lockBlock(tx, host);
  const blocked = await upsertBlockedHost(tx, host, reason);
  for (const clientId of await clientIdsOfHost(tx, host)) {
    await suspendApplication(tx, actor, clientId, reason);
  }
  await record(tx, { action: 'stagedoor.client_host.blocked', actor, data: { host, reason } });
  return blocked;
}

function isHost(host: string): boolean {
  return (
    URL.parse(`https://${host}/`)?.hostname === host &&
    !host.endsWith('.') &&
    // Lengths of RFC 1035 §2.3.4.
    host.length <= 253 &&
    host.split('.').every((label) => label.length <= 63)
  );
}

/**
 * Accepts documents of a host again. Suspended applications stay suspended.
 * @throws StagedoorError `not_found`
 */
export async function unblockHost(tx: Tx, actor: Actor, host: string): Promise<void> {
  if (!(await deleteBlockedHost(tx, host))) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  await record(tx, { action: 'stagedoor.client_host.unblocked', actor, data: { host } });
}

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
