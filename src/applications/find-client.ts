import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import type { Application } from './application.ts';
import { applicationWithSecrets } from './store.ts';

/** An application with the SHA-256 hashes (hex) of the secrets that are good now. */
export interface FoundClient {
  readonly application: Application;
  readonly secretHashes: string[];
}

/** Returns the application with this client id, whatever its state, by one statement. */
export async function findClient(db: Db, clientId: string): Promise<FoundClient | undefined> {
  return isClientId(clientId) ? applicationWithSecrets(db, clientId) : undefined;
}

/** Does the same, and keeps the application as it is until the transaction ends. */
export async function lockClient(tx: Tx, clientId: string): Promise<FoundClient | undefined> {
  return isClientId(clientId) ? applicationWithSecrets(tx, clientId, { lock: true }) : undefined;
}
