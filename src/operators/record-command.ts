import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';

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
