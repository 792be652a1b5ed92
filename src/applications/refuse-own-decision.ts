import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { selectOtherOperators } from '../users/user-store.ts';
import type { Application } from './application.ts';

/**
 * Refuses that operators decide in favor of their own application while another one can. Operators in
 * the console only: a token is no person.
 * @returns data for the log: `by_owner` if there is no other operator
 * @throws StagedoorError `forbidden`
 */
export async function refuseOwnDecision(
  tx: Tx,
  actor: Actor,
  { ownerId }: Pick<Application, 'ownerId'>,
): Promise<{ readonly by_owner?: true }> {
  if (ownerId === null || actor !== `operator:user:${ownerId}`) {
    return {};
  }
  if ((await selectOtherOperators(tx, ownerId)).length > 0) {
    throw new StagedoorError('forbidden', 'Another operator decides about your application.');
  }
  return { by_owner: true };
}
