import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { isClientId } from '../lib/client-id.ts';
import { StagedoorError } from '../lib/errors.ts';
import { deleteResourceServerRow } from './store.ts';

/**
 * Deletes a resource server: from then on it introspects nothing.
 * @throws StagedoorError `not_found`
 */
export async function deleteResourceServer(tx: Tx, actor: Actor, clientId: string): Promise<void> {
  const deleted = isClientId(clientId) ? await deleteResourceServerRow(tx, clientId) : undefined;
  if (deleted === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  await record(tx, {
    action: 'stagedoor.resource_server.deleted',
    actor,
    clientId,
    data: { name: deleted.name },
  });
}
