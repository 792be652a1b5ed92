import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { hashOf, newCredential, randomText } from '../lib/credentials.ts';
import type { ResourceServer } from './resource-server.ts';
import { insertServerSecret } from './secret-store.ts';
import { insertResourceServer } from './store.ts';

/** Registers a resource server with its first secret, which is returned here and never again. */
export async function registerResourceServer(
  tx: Tx,
  actor: Actor,
  { name }: Pick<ResourceServer, 'name'>,
): Promise<{ resourceServer: ResourceServer; clientSecret: string }> {
  const clientSecret = newCredential('sds');
  const clientId = randomText(24);
  const resourceServer = await insertResourceServer(tx, clientId, name);
  await insertServerSecret(tx, clientId, {
    hash: hashOf(clientSecret),
    lastFour: clientSecret.slice(-4),
  });
  await record(tx, {
    action: 'stagedoor.resource_server.registered',
    actor,
    clientId,
    data: { name },
  });
  return { resourceServer, clientSecret };
}
