import type { Db } from '../db/database.ts';
import { isClientId } from '../lib/client-id.ts';
import type { ResourceServer } from './resource-server.ts';
import { resourceServerById } from './store.ts';

/** The resource server with this client id. */
export async function findResourceServer(
  db: Db,
  clientId: string,
): Promise<ResourceServer | undefined> {
  return isClientId(clientId) ? resourceServerById(db, clientId) : undefined;
}
