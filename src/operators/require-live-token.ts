import type { Operator } from '../api/operator.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isProcessToken } from './operator.ts';
import { lockLiveToken } from './store.ts';

/**
 * Rejects a change by a token that was revoked or has expired since the call was authenticated. A
 * revocation waits for the end of this transaction, so nothing is changed after its answer. Call it
 * last in the transaction: then that wait is short.
 * @throws StagedoorError `unauthenticated`
 */
export async function requireLiveToken(tx: Tx, operator: Pick<Operator, 'id'>): Promise<void> {
  if (!isProcessToken(operator) && !(await lockLiveToken(tx, operator.id))) {
    throw new StagedoorError('unauthenticated', 'Invalid token.');
  }
}
