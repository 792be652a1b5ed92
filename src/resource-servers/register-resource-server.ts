import { record } from '../audit/store.ts';
import { createSecret } from '../client-secrets/create-secret.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { randomText } from '../lib/credentials.ts';
import { replaceResources } from './replace-resources.ts';
import type { ResourceServer, ResourceServerDetails } from './resource-server.ts';
import { insertResourceServer } from './store.ts';

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
