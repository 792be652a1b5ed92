import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import {
  createPlatform,
  registerApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { decide, signIn } from '../support/flow.ts';
import { CLIENTS } from '../support/programs/clients.ts';
import { FRAMEWORKS } from '../support/programs/frameworks.ts';
import { type ProgramSite, type ProgramTokens, tokensOf } from '../support/programs/program.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { refresh, revoke } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const organizers = z.object({ results: z.array(z.object({ slug: z.string() })) });

describe('programs from npm', () => {
  let server: TestServer;
  let platform: TestPlatform;
  const web = createServer();

  before(async () => {
    server = await startServer();
    platform = await createPlatform(server);
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
  });
  after(async () => {
    web.close();
    web.closeAllConnections();
    await server?.close();
  });

  for (const { library, clientTypes, callbackPath, connect } of [...CLIENTS, ...FRAMEWORKS]) {
    for (const clientType of clientTypes) {
      it(`${library} connects, calls the API, refreshes and revokes (${clientType})`, async () => {
        const application = await registerApplication(server, {
          owner: 'ben',
          clientType,
          redirectUris: [`${webOrigin()}${callbackPath ?? '/callback'}`],
        });
        web.removeAllListeners('request');
        const connection = await connect(siteFor(application));
        assert.equal(connection.subject, 'ada');
        assert.deepEqual(await organizersOf(connection.tokens.accessToken), ['redstage']);

        const tokens = await (connection.refresh?.() ??
          refreshWithoutLibrary(application, connection.tokens.refreshToken));
        assert.equal(await organizersOf(connection.tokens.accessToken), 401);
        assert.deepEqual(await organizersOf(tokens.accessToken), ['redstage']);

        await (connection.revoke?.(tokens) ?? revoke(server, application, tokens.accessToken));
        assert.equal(await organizersOf(tokens.accessToken), 401);
        const { body } = await refresh(server, application, tokens.refreshToken);
        assert.deepEqual(
          [body.error, body.error_description],
          ['invalid_grant', 'revoked_by_client'],
        );
      });
    }
  }

  async function allow(link: string | URL): Promise<URL> {
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const page = await decide(agent, consent, { organizers: ['redstage'] });
    assert.ok(page.leavesTo, textOf(page));
    return page.leavesTo;
  }

  function siteFor(application: TestApplication): ProgramSite {
    const endpoint = (path: string) => new URL(`/api/v1/${path}`, server.issuer).href;
    const endpoints = {
      authorize: endpoint('oauth/authorize'),
      token: endpoint('oauth/token'),
      revoke: endpoint('oauth/revoke_token'),
      me: endpoint('me'),
    };
    return { issuer: server.issuer, endpoints, application, allow, web };
  }

  function webOrigin(): string {
    const address = web.address();
    assert.ok(address !== null && typeof address === 'object');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Slugs of the organizers that a token opens, or the status of the error. */
  async function organizersOf(token: string): Promise<string[] | number> {
    const response = await fetch(new URL('/api/v1/organizers/', server.issuer), {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.ok
      ? organizers.parse(await response.json()).results.map(({ slug }) => slug)
      : response.status;
  }

  async function refreshWithoutLibrary(
    application: TestApplication,
    refreshToken: string,
  ): Promise<ProgramTokens> {
    return tokensOf((await refresh(server, application, refreshToken)).body);
  }
});
