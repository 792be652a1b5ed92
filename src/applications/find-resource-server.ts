import type { Db } from '../db/database.ts';
import { isClientId } from './application.ts';
import type { ResourceServer } from './resource-server.ts';
import { resourceServerById } from './resource-server-store.ts';

/** The resource server with this client id. */
export async function findResourceServer(
  db: Db,
  clientId: string,
): Promise<ResourceServer | undefined> {
  return isClientId(clientId) ? resourceServerById(db, clientId) : undefined;
}
