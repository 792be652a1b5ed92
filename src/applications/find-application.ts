import type { Db } from '../db/database.ts';
import { isClientId } from '../lib/client-id.ts';
import type { Application } from './application.ts';
import { applicationById } from './store.ts';

/** The application with this client id, whatever its state, with its owner's name. */
export async function findApplication(db: Db, clientId: string): Promise<Application | undefined> {
  return isClientId(clientId) ? applicationById(db, clientId) : undefined;
}
