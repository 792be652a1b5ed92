import type { Config } from '../config.ts';
import type { User } from '../directory/user.ts';
import type { Application } from './application.ts';
import { reviewNeed } from './review-need.ts';

/** Whether this user may register applications. Operators always may, by the management API. */
export function mayRegister(
  config: Pick<Config, 'registration'>,
  user: Pick<User, 'isActive'>,
): boolean {
  return config.registration !== 'closed' && user.isActive;
}

/** Returns whether this user can allow the application anything: it may need a review first. */
export function worksFor(
  config: Pick<Config, 'registration'>,
  application: Parameters<typeof reviewNeed>[1] & Pick<Application, 'ownerId'>,
  userId: string,
): boolean {
  return application.ownerId === userId || reviewNeed(config, application) === undefined;
}
