import { StagedoorError } from '../lib/errors.ts';

/** An address that is never fetched: by its form, its host, or the network it leads to. */
export function refused(message: string, cause?: unknown): StagedoorError {
  return new StagedoorError('fetch_refused', message, { cause });
}

/** A fetch that was tried and gave no document. */
export function failed(message: string, cause?: unknown): StagedoorError {
  return new StagedoorError('fetch_failed', message, { cause });
}
