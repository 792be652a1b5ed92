import { AsyncLocalStorage } from 'node:async_hooks';

/** A request that is being answered. */
export interface Requester {
  /** Tests if its client has closed the connection. */
  isGone(): boolean;
  /** True once it has used the database in a transaction: giving up would waste that work. */
  hasBegun: boolean;
}

const storage = new AsyncLocalStorage<Requester>();

/** Runs `work` for a request. */
export function asRequester<T>(isGone: () => boolean, work: () => T): T {
  return storage.run({ isGone, hasBegun: false }, work);
}

/** Runs `work` for no request: it goes on when the client of this one has left. */
export function withoutRequester<T>(work: () => T): T {
  return storage.exit(work);
}

/** Returns the request for which the code runs; undefined for scheduled work. */
export function currentRequester(): Requester | undefined {
  return storage.getStore();
}
