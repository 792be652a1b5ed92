import type { Db } from '../db/database.ts';
import { type Application, isClientId } from './application.ts';
import { applicationWithSecrets } from './store.ts';

/**
 * The application with this client id, whatever its state, and the SHA-256 hashes (hex) of the
 * secrets that are good now, by one statement: the token endpoint's way.
 */
export async function findClient(
  db: Db,
  clientId: string,
): Promise<{ application: Application; secretHashes: string[] } | undefined> {
  return isClientId(clientId) ? applicationWithSecrets(db, clientId) : undefined;
}
