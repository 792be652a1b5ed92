import type { Server } from 'node:http';
import oauth2, { type OAuth2Namespace, type OAuth2Token } from '@fastify/oauth2';
import createFastify from 'fastify';
import { type Program, readSubject, SCOPES, tokensOf } from './program.ts';
import { walkThrough } from './walk-through.ts';

declare module 'fastify' {
  interface FastifyInstance {
    stagedoor: OAuth2Namespace;
  }
}

export const fastifyOauth2: Program = {
  library: '@fastify/oauth2',
  clientTypes: ['confidential'],
  settings: ["pkce: 'S256'"],
  async connect(site) {
    const { clientId, clientSecret = '', redirectUri } = site.application;
    const fastify = createFastify<Server>({
      serverFactory: (handler) => site.web.on('request', handler),
    });
    await fastify.register(oauth2, {
      name: 'stagedoor',
      scope: SCOPES,
      credentials: {
        client: { id: clientId, secret: clientSecret },
        auth: {
          tokenHost: site.issuer,
          authorizePath: '/api/v1/oauth/authorize',
          tokenPath: '/api/v1/oauth/token',
          revokePath: '/api/v1/oauth/revoke_token',
        },
      },
      startRedirectPath: '/login',
      callbackUri: redirectUri,
      pkce: 'S256',
      // The site of this test has no https.
      cookie: { secure: false, path: '/' },
    });
    let current: OAuth2Token | undefined;
    fastify.get('/callback', async (request) => {
      current = await fastify.stagedoor.getAccessTokenFromAuthorizationCodeFlow(request);
      const tokens = tokensOf(current.token);
      return { tokens, subject: await readSubject(site, tokens.accessToken) };
    });
    await fastify.ready();
    return {
      ...(await walkThrough(site, '/login')),
      refresh: async () => {
        current = await current?.refresh();
        return tokensOf(current?.token);
      },
      // Revokes the access token first, then the refresh token, which has ended by then.
      revoke: async () => current?.revokeAll(),
    };
  },
};
