import { createPlatform } from '../support/factories.ts';
import type { ManagedServer } from '../support/platform.ts';
import { basic, obtainTokens } from '../support/tokens.ts';
import type { Target } from './load.ts';

/** Returns an introspection request for a live token that a user allowed. */
export async function introspection(server: ManagedServer): Promise<Omit<Target, 'url'>> {
  const { ada, application, resourceServer } = await createPlatform(server);
  const { accessToken } = await obtainTokens(server, { application, user: ada });
  const body = new URLSearchParams({ token: accessToken }).toString();
  return {
    body,
    expect: '"active":true',
    headers: {
      authorization: basic(resourceServer.clientId, resourceServer.clientSecret ?? ''),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    },
  };
}
