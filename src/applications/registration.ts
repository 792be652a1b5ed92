import type { Config } from '../config/config.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { User } from '../users/user.ts';
import { lockOwnApplications } from './own-store.ts';

/** Limit of a user's registrations through the pages. */
export const REGISTRATIONS = { points: 20, seconds: 3600 };

/** A user owns as many applications as the configuration allows. */
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

/** Returns true if a user may register applications. Operators always can, by the management API. */
export function mayRegister(
  config: Pick<Config, 'registration'>,
  user: Pick<User, 'isActive'>,
): boolean {
  return config.registration !== 'closed' && user.isActive;
}
