import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db } from '../db/database.ts';
import { commitIf, inTransaction, type Tx } from '../db/transaction.ts';
import type { IssuedTokens } from '../tokens/token-response.ts';

interface Current {
  readonly tx: Tx;
  redemption?: Redemption;
}

/** The code or refresh token that a token request has used up. */
export type Redemption =
  | {
      /** The family that the new tokens are issued into. */
      readonly familyId: string;
      /** The values of the used refresh token and of the one that replaces it. */
      readonly rotation?: { readonly presented: string; readonly successor: string };
    }
  /** It had been used before, and the client gets these tokens again. */
  | { readonly replay: IssuedTokens };

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

/** Records what the tokens of this request are issued for. */
export function setRedemption(redemption: Redemption): void {
  requireCurrent().redemption = redemption;
}

/** Returns what the tokens of this request are issued for; undefined before that is known. */
export function currentRedemption(): Redemption | undefined {
  return storage.getStore()?.redemption;
}

/**
 * Returns what the tokens of this request are issued for.
 * @throws Error if no code or refresh token was used up
 */
export function requireRedemption(): Redemption {
  const { redemption } = requireCurrent();
  if (redemption === undefined) {
    throw new Error('tokens can only be issued for a code or token that was used up before');
  }
  return redemption;
}

function requireCurrent(): Current {
  const current = storage.getStore();
  if (current === undefined) {
    throw new Error('this needs the transaction of a request');
  }
  return current;
}
