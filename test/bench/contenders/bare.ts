import {
  introspectionOf,
  type OAuthService,
  type Operation,
  REFRESHED,
  refreshOf,
} from '../operations.ts';
import type { Send } from './contender.ts';

/** Returns the `prepare` of `bare-server.ts`. */
export function bareOperations(url: string, service: OAuthService) {
  return async (operation: Operation): Promise<Send | undefined> => {
    if (operation === 'introspection') {
      return introspectionOf(service, `${url}/introspect`);
    }
    return operation === 'refresh' ? refreshOf(service, `${url}/refresh`, REFRESHED) : undefined;
  };
}
