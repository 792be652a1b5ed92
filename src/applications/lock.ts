import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { isClientId } from '../lib/client-id.ts';
import { found, StagedoorError } from '../lib/errors.ts';
import type { Application } from './application.ts';
import { lockApplication } from './store.ts';

/**
 * The application, locked until the transaction ends.
 * @throws StagedoorError `not_found`
 */
export async function lockOrThrow(tx: Tx, clientId: string): Promise<Application> {
  return found(isClientId(clientId) ? await lockApplication(tx, clientId) : undefined);
}

/**
 * Returns an application that the actor may change, locked until the transaction ends: a user only
 * their own. Checks the owner under the lock, so that a former owner changes nothing after a
 * transfer.
 * @throws StagedoorError `not_found`, also if it belongs to another user
 */
export async function lockForActor(tx: Tx, actor: Actor, clientId: string): Promise<Application> {
  const application = await lockOrThrow(tx, clientId);
  if (actor.startsWith('user:') && actor !== `user:${application.ownerId}`) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return application;
}
