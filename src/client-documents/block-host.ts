import { suspendApplication } from '../applications/change-state.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import {
  type BlockedHost,
  clientIdsOfHost,
  deleteBlockedHost,
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
