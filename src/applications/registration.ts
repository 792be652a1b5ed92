import type { Config } from '../config/config.ts';
import type { User } from '../users/user.ts';

/** Returns true if this user may register applications. Operators always can, by the management API. */
export function mayRegister(
  config: Pick<Config, 'registration'>,
  user: Pick<User, 'isActive'>,
): boolean {
  return config.registration !== 'closed' && user.isActive;
}
