import { record } from '../audit/store.ts';
import { createSecret } from '../client-secrets/create-secret.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { randomText } from '../lib/credentials.ts';
import type { ResourceServer } from './resource-server.ts';
import { insertResourceServer } from './store.ts';

/** Registers a resource server with its first secret, which is returned here and never again. */
export async function registerResourceServer(
  tx: Tx,
  actor: Actor,
  { name }: Pick<ResourceServer, 'name'>,
): Promise<{ resourceServer: ResourceServer; clientSecret: string }> {
  const clientId = randomText(24);
  const resourceServer = await insertResourceServer(tx, clientId, name);
  const { clientSecret } = await createSecret(tx, 'resource_server_secrets', clientId);
  await record(tx, {
    action: 'stagedoor.resource_server.registered',
    actor,
    clientId,
    data: { name },
  });
  return { resourceServer, clientSecret };
}
