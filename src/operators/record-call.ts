import type { Origin } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Operator } from './operator.ts';

/** A call of the management API, as the log tells it. */
export interface OperatorCall {
  readonly operator: Pick<Operator, 'id' | 'actor'>;
  readonly method: string;
  /** The path with the names of its parameters, `/api/v1/users/{id}/`. */
  readonly path: string;
  /** Status of the answer. */
  readonly status: number;
  readonly origin: Origin;
  /** Of a call about many things: how many became what. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Of a call that reads the log: its filters, and how many entries it was answered with. */
  readonly read?: { readonly filters: Readonly<Record<string, string>>; readonly entries: number };
}

/** Writes a call to the log; `calls` says for how many like it the entry stands. */
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
