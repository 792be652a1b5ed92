import { createPlatform } from '../support/factories.ts';
import type { ManagedServer } from '../support/platform.ts';
import { basic, obtainTokens } from '../support/tokens.ts';
import type { Target } from './load.ts';

/** Makes the request of an introspection: a live token of a grant that a user really gave. */
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
