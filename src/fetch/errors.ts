import { StagedoorError } from '../lib/errors.ts';

/** An address that is never fetched: by its form, its host, or the network it leads to. */
export function refused(message: string): StagedoorError {
  return new StagedoorError('fetch_refused', message);
}

/** A fetch that was tried and gave no document. */
export function failed(message: string, cause?: unknown): StagedoorError {
  return new StagedoorError('fetch_failed', message, { cause });
}
