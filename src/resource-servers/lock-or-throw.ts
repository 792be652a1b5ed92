import type { Tx } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { ResourceServer } from './resource-server.ts';
import { lockResourceServer } from './store.ts';

/**
 * Locks a resource server until the transaction ends.
 * @throws StagedoorError `not_found`
 */
export async function lockOrThrow(tx: Tx, clientId: string): Promise<ResourceServer> {
  const server = isClientId(clientId) ? await lockResourceServer(tx, clientId) : undefined;
  if (server === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return server;
}
