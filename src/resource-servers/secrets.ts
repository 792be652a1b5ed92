import { record } from '../audit/store.ts';
import { assertRoom, type ClientSecret, findDeletable } from '../client-secrets/client-secret.ts';
import { createSecret, deleteSecretRow, selectSecrets } from '../client-secrets/store.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { ValidationError } from '../lib/errors.ts';
import { lockOrThrow } from './change-resource-server.ts';
import type { ResourceServer } from './resource-server.ts';
import { findResourceServer, lockResourceServer } from './store.ts';

const TABLE = 'resource_server_secrets';

/**
 * Returns the secrets of a resource server, the oldest first, expired ones too.
 * @returns undefined if there is no such server
 */
export async function listServerSecrets(
  db: Db,
  clientId: string,
): Promise<ClientSecret[] | undefined> {
  const server = await findResourceServer(db, clientId);
  return server && selectSecrets(db, TABLE, clientId);
}

/**
 * Adds a secret, which is returned here and never again. The earlier ones stay usable.
 * @throws StagedoorError `not_found`; ValidationError if there are five already, or the end is past
 */
export async function addServerSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  { label, expiresAt }: { readonly label: string; readonly expiresAt: Date | null },
): Promise<{ secret: ClientSecret; clientSecret: string }> {
  const server = await lockOrThrow(tx, clientId);
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw new ValidationError({ expires_at: ['This is in the past.'] });
  }
  assertRoom(await selectSecrets(tx, TABLE, clientId), 'A resource server');
  const created = await createSecret(tx, TABLE, clientId, { label, expiresAt });
  await record(tx, {
    action: 'stagedoor.resource_server.secret_added',
    actor,
    clientId,
    data: { ...namesOf(server, created.secret), expires_at: expiresAt?.toISOString() ?? null },
  });
  return created;
}

/**
 * Deletes a secret.
 * @throws StagedoorError `not_found`; `conflict` for the last usable one, without which the API
 *   service would refuse every request
 */
export async function deleteServerSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  id: string,
): Promise<void> {
  const server = await lockOrThrow(tx, clientId);
  const secret = findDeletable(
    await selectSecrets(tx, TABLE, clientId),
    id,
    'Add a new one and let the API service use it, then delete this one; or delete the resource server.',
  );
  await deleteSecretRow(tx, TABLE, secret.id);
  await record(tx, {
    action: 'stagedoor.resource_server.secret_deleted',
    actor,
    clientId,
    data: namesOf(server, secret),
  });
}

/**
 * Deletes a secret that was found in public, the last one too.
 * @returns false if it had been deleted before
 */
export async function endLeakedServerSecret(
  tx: Tx,
  clientId: string,
  id: string,
): Promise<boolean> {
  const server = await lockResourceServer(tx, clientId);
  const secret = (await selectSecrets(tx, TABLE, clientId)).find((one) => one.id === id);
  if (server === undefined || secret === undefined) {
    return false;
  }
  await deleteSecretRow(tx, TABLE, secret.id);
  await record(tx, {
    action: 'stagedoor.resource_server.secret_deleted',
    actor: 'system',
    clientId,
    data: { ...namesOf(server, secret), reason: 'leaked' },
  });
  return true;
}

function namesOf(server: ResourceServer, { id, label, lastFour }: ClientSecret) {
  return { name: server.name, secret: id, label, last_four: lastFour };
}
