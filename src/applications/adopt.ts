import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Application } from './application.ts';
import { type Candidate, isSameAs } from './candidate.ts';
import { insertCandidate } from './candidate-store.ts';
import { lockOrThrow } from './lock.ts';

/**
 * Writes the row of an application that a user allows as the first one. If another user was faster,
 * the row has to have the details that this user saw.
 * @returns the application, locked until the transaction ends
 * @throws StagedoorError `conflict` if its details are other ones by now
 */
export async function adoptCandidate(
  tx: Tx,
  candidate: Candidate,
  origin: Origin | undefined,
): Promise<Application> {
  const isNew = await insertCandidate(tx, candidate);
  const application = await lockOrThrow(tx, candidate.clientId);
  if (!isSameAs(application, candidate)) {
    throw new StagedoorError('conflict', 'The application has changed. Start again from there.');
  }
  if (isNew) {
    await record(tx, {
      action: 'stagedoor.application.registered',
      actor: 'system',
      clientId: candidate.clientId,
      origin,
      data: {
        application: candidate.name,
        client_type: candidate.clientType,
        kind: candidate.kind,
      },
    });
  }
  return application;
}
