import { isDeepStrictEqual } from 'node:util';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { replaceResources } from './replace-resources.ts';
import type { ResourceServer, ResourceServerDetails } from './resource-server.ts';
import { updateResourceServerRow } from './store.ts';

/** Changes of a resource server; undefined fields stay. */
export type ResourceServerChanges = {
  readonly [K in keyof ResourceServerDetails]?: ResourceServerDetails[K] | undefined;
};

/**
 * Changes the given fields of a resource server. If nothing differs, nothing is written or logged.
 * @throws StagedoorError `not_found`; ValidationError if a resource belongs to another server
 */
export async function updateResourceServer(
  tx: Tx,
  actor: Actor,
  clientId: string,
  changes: ResourceServerChanges,
): Promise<ResourceServer> {
  const before = await lockOrThrow(tx, clientId);
  const after = {
    ...before,
    name: changes.name ?? before.name,
    resources: changes.resources ?? before.resources,
    requireAudience: changes.requireAudience ?? before.requireAudience,
  };
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
