import type { OperatorCall } from '../api/operator.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';

/**
 * Logs an API call.
 * @param calls number of equal calls that the entry represents
 */
export async function recordCall(tx: Tx, call: OperatorCall, calls = 1): Promise<void> {
  const { operator, method, path, status, origin, counts, read } = call;
  await record(tx, {
    action: 'stagedoor.operator.called',
    actor: operator.actor,
    origin,
    data: {
      token: operator.id,
      method,
      path,
      status,
      calls,
      ...(counts && { counts }),
      ...read,
    },
  });
}
