import type { Tx } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Application } from './application.ts';
import { lockApplication } from './store.ts';

/**
 * The application, locked until the transaction ends.
 * @throws StagedoorError `not_found`
 */
export async function lockOrThrow(tx: Tx, clientId: string): Promise<Application> {
  const application = isClientId(clientId) ? await lockApplication(tx, clientId) : undefined;
  if (application === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return application;
}
