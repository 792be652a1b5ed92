import type { Config } from '../config/config.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import { lockOwnApplications } from './own-store.ts';

/** Registrations of one user through the pages in an hour. */
export const REGISTRATIONS = { points: 20, seconds: 3600 };

/** Refusal of one more application. */
export class TooManyApplicationsError extends StagedoorError {
  constructor(limit: number) {
    super('conflict', `A user may own ${limit} applications. Delete one that is not used.`);
    this.name = 'TooManyApplicationsError';
  }
}

/**
 * Checks that a user may own one more application.
 * @throws TooManyApplicationsError
 */
export async function assertRoomForOne(
  tx: Tx,
  { applicationsPerOwner: limit }: Pick<Config, 'applicationsPerOwner'>,
  ownerId: string,
): Promise<void> {
  if (limit > 0 && (await lockOwnApplications(tx, ownerId)) >= limit) {
    throw new TooManyApplicationsError(limit);
  }
}
