import type { Config } from '../config.ts';
import type { User } from '../directory/user.ts';
import { type Application, isReviewed } from './application.ts';

/** Whether this user may register applications. Operators always may, by the management API. */
export function mayRegister(
  config: Pick<Config, 'registration'>,
  user: Pick<User, 'isActive'>,
): boolean {
  return config.registration !== 'closed' && user.isActive;
}

/**
 * Whether this user can let the application in at all. With `REGISTRATION=approval` one that no
 * operator has reviewed works for its owner only, whoever registered it.
 */
export function worksFor(
  config: Pick<Config, 'registration'>,
  application: Pick<Application, 'ownerId' | 'reviewedAt'>,
  userId: string,
): boolean {
  return (
    config.registration !== 'approval' || isReviewed(application) || application.ownerId === userId
  );
}
