import type { OperatorCall } from '../api/operator.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';

/**
 * Writes a call to the log.
 * @param calls number of equal calls that the entry stands for
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
