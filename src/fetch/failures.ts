import type { StagedoorError } from '../lib/errors.ts';

const MILLISECONDS = 60_000;
const MOST = 1_000;

/** Failures of the last minute, by address. */
export interface Failures {
  /** Keeps a failure and returns it. */
  add(address: string, error: StagedoorError): StagedoorError;
  find(address: string): StagedoorError | undefined;
}

/** Makes an empty collection, which forgets the oldest failures when it is full. */
export function createFailures(): Failures {
  const kept = new Map<string, { readonly error: StagedoorError; readonly until: number }>();
  return {
    add: (address, error) => {
      kept.delete(address);
      kept.set(address, { error, until: performance.now() + MILLISECONDS });
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) {
        kept.delete(oldest);
      }
      return error;
    },
    find: (address) => {
      const found = kept.get(address);
      return found !== undefined && found.until > performance.now() ? found.error : undefined;
    },
  };
}
