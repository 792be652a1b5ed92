import { isDeepStrictEqual } from 'node:util';
import { record } from '../audit/store.ts';
import { createSecret } from '../client-secrets/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { isClientId } from '../lib/client-id.ts';
import { randomText } from '../lib/credentials.ts';
import { found, ValidationError } from '../lib/errors.ts';
import { quote } from '../lib/printable.ts';
import { resourceKey } from '../lib/resource-uri.ts';
import { type Changes, withChanges } from '../lib/with-changes.ts';
import type { ResourceServer, ResourceServerDetails } from './resource-server.ts';
import { deleteOtherResources, upsertResources } from './resource-store.ts';
import {
  deleteResourceServerRow,
  insertResourceServer,
  lockResourceServer,
  updateResourceServerRow,
} from './store.ts';

/**
 * Registers a resource server with its first secret, which is returned here and never again.
 * @throws ValidationError if a resource belongs to another server
 */
export async function registerResourceServer(
  tx: Tx,
  actor: Actor,
  details: ResourceServerDetails,
): Promise<{ resourceServer: ResourceServer; clientSecret: string }> {
  const clientId = randomText(24);
  const { name, resources, requireAudience } = details;
  const createdAt = await insertResourceServer(tx, clientId, details);
  await replaceResources(tx, clientId, resources);
  const { clientSecret } = await createSecret(tx, 'resource_server_secrets', clientId);
  await record(tx, {
    action: 'stagedoor.resource_server.registered',
    actor,
    clientId,
    data: {
      name,
      ...(resources.length > 0 ? { resources } : {}),
      ...(requireAudience ? { require_audience: true } : {}),
    },
  });
  return { resourceServer: { clientId, ...details, createdAt }, clientSecret };
}

/**
 * Changes the given fields of a resource server. If nothing differs, nothing is written or logged.
 * @throws StagedoorError `not_found`; ValidationError if a resource belongs to another server
 */
export async function updateResourceServer(
  tx: Tx,
  actor: Actor,
  clientId: string,
  changes: Changes<ResourceServerDetails>,
): Promise<ResourceServer> {
  const before = await lockOrThrow(tx, clientId);
  const after = withChanges<ResourceServer>(before, changes);
  const changed = {
    ...(after.name === before.name ? {} : { name: after.name }),
    ...(isDeepStrictEqual(after.resources, before.resources) ? {} : { resources: after.resources }),
    ...(after.requireAudience === before.requireAudience
      ? {}
      : { require_audience: after.requireAudience }),
  };
  if (Object.keys(changed).length === 0) {
    return before;
  }
  await updateResourceServerRow(tx, clientId, after);
  await replaceResources(tx, clientId, after.resources);
  await record(tx, {
    action: 'stagedoor.resource_server.changed',
    actor,
    clientId,
    data: { name: before.name, changed },
  });
  return after;
}

/**
 * Replaces the resources of a server. Tokens for a resource that is removed are inactive from then on.
 * @param uris absolute URIs without fragment, of which no two are the same
 * @throws ValidationError if a resource belongs to another server
 */
async function replaceResources(tx: Tx, clientId: string, uris: readonly string[]): Promise<void> {
  const resources = uris.map((uri) => ({ key: resourceKey(uri) ?? uri, uri }));
  await deleteOtherResources(tx, clientId, resources);
  const taken = await upsertResources(tx, clientId, resources);
  if (taken.length > 0) {
    throw new ValidationError({
      resources: taken.map((uri) => `${quote(uri)} is a resource of another resource server.`),
    });
  }
}

/**
 * Locks a resource server until the transaction ends.
 * @throws StagedoorError `not_found`
 */
export async function lockOrThrow(tx: Tx, clientId: string): Promise<ResourceServer> {
  return found(isClientId(clientId) ? await lockResourceServer(tx, clientId) : undefined);
}

/**
 * Deletes a resource server: from then on it introspects nothing.
 * @throws StagedoorError `not_found`
 */
export async function deleteResourceServer(tx: Tx, actor: Actor, clientId: string): Promise<void> {
  const deleted = found(
    isClientId(clientId) ? await deleteResourceServerRow(tx, clientId) : undefined,
  );
  await record(tx, {
    action: 'stagedoor.resource_server.deleted',
    actor,
    clientId,
    data: { name: deleted.name },
  });
}
