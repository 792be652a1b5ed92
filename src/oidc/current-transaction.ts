import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db } from '../db/database.ts';
import { commitIf, inTransaction, type Tx } from '../db/transaction.ts';

interface Current {
  readonly tx: Tx;
  /** The family that tokens of this request are issued into; set when a code or token is used up. */
  familyId?: string;
}

const storage = new AsyncLocalStorage<Current>();

/**
 * Runs `work` with a transaction that oidc-provider's adapter takes part in: whatever the provider
 * reads and writes meanwhile happens in it.
 */
export function withTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(db, (tx) => storage.run({ tx }, () => work(tx)));
}

/**
 * Does the same for a request of the protocol, which can't be repeated; rolls back also if
 * `commits` is false after `work`.
 */
export async function withRequestTransaction(
  db: Db,
  work: () => Promise<void>,
  commits: () => boolean,
): Promise<void> {
  await commitIf(db, (tx) =>
    storage.run({ tx }, async () => {
      await work();
      return commits();
    }),
  );
}

/** Runs `work` in the transaction of the request, or in one of its own where there is none. */
export function withTransactionOf<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const current = currentTransaction();
  return current === undefined ? withTransaction(db, work) : work(current);
}

/** The transaction of the request, if it runs in one. */
export function currentTransaction(): Tx | undefined {
  return storage.getStore()?.tx;
}

/**
 * The transaction of the request.
 * @throws Error where there is none: a state change outside a transaction is a defect of ours
 */
export function requireTransaction(): Tx {
  return requireCurrent().tx;
}

/** Notes the family that the tokens of this request belong to. */
export function setFamily(familyId: string): void {
  requireCurrent().familyId = familyId;
}

/** The family that the tokens of this request belong to. */
export function requireFamily(): string {
  const { familyId } = requireCurrent();
  if (familyId === undefined) {
    throw new Error('tokens can only be issued for a code or token that was used up before');
  }
  return familyId;
}

function requireCurrent(): Current {
  const current = storage.getStore();
  if (current === undefined) {
    throw new Error('this needs the transaction of a request');
  }
  return current;
}
