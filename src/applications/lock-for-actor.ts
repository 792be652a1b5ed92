import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Application } from './application.ts';
import { lockOrThrow } from './lock-or-throw.ts';

/**
 * The application, locked until the transaction ends, for somebody who may change it: a user only
 * their own. Looked at under the lock, so that who has just handed it over changes nothing any more.
 * @throws StagedoorError `not_found`, also where it is somebody else's
 */
export async function lockForActor(tx: Tx, actor: Actor, clientId: string): Promise<Application> {
  const application = await lockOrThrow(tx, clientId);
  if (actor.startsWith('user:') && actor !== `user:${application.ownerId}`) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return application;
}
