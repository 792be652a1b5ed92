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

/**
 * Logs a command of the command line that works on the database itself, in the transaction of what
 * it does. Commands that call the management API are logged as calls.
 * @param command its name, without arguments
 */
export async function recordCommand(
  tx: Tx,
  command: string,
  data: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await record(tx, {
    action: 'stagedoor.operator.command',
    actor: 'operator:cli',
    data: { command, ...data },
  });
}
