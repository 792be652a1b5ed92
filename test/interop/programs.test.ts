import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import {
  registerApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { decide, signIn } from '../support/flow.ts';
import { startPlatform } from '../support/platform-server.ts';
import { CLIENTS } from '../support/programs/clients.ts';
import { FRAMEWORKS } from '../support/programs/frameworks.ts';
import { organizersOf } from '../support/programs/organizers-of.ts';
import { PROCESSES } from '../support/programs/processes.ts';
import {
  type Connection,
  type ProgramSite,
  type ProgramTokens,
  tokensOf,
} from '../support/programs/program.ts';
import type { TestServer } from '../support/server.ts';
import { refresh, revoke } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

describe('Third-party programs', () => {
  let server: TestServer;
  let platform: TestPlatform;
  const web = createServer();

  before(async () => {
    ({ server, platform } = await startPlatform());
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
  });
  after(async () => {
    web.close();
    web.closeAllConnections();
    await server?.close();
  });

  for (const program of [...CLIENTS, ...FRAMEWORKS, ...PROCESSES]) {
    for (const clientType of program.clientTypes) {
      const name = `${program.library} connects, calls the API, refreshes and revokes`;
      it(`${name} (${clientType})`, { skip: program.skip?.() ?? false }, async () => {
        const application = await registerApplication(server, {
          owner: 'ben',
          clientType,
          requirePkce: program.requirePkce ?? true,
          redirectUris: [`${webOrigin()}${program.callbackPath ?? '/callback'}`],
        });
        web.removeAllListeners('request');
        const connection = await program.connect(siteFor(application));
        try {
          await assertConnected(application, connection);
        } finally {
          connection.close?.();
        }
      });
    }
  }

  async function assertConnected(application: TestApplication, connection: Connection) {
    const { accessToken, refreshToken } = connection.tokens;
    assert.equal(connection.subject, 'ada');
    assert.deepEqual(await organizersOf(server, accessToken), ['redstage']);

    const tokens = await (connection.refresh?.() ??
      refreshWithoutLibrary(application, refreshToken));
    assert.equal(await organizersOf(server, accessToken), 401);
    assert.deepEqual(await organizersOf(server, tokens.accessToken), ['redstage']);

    await (connection.revoke?.(tokens) ?? revoke(server, application, tokens.accessToken));
    assert.equal(await organizersOf(server, tokens.accessToken), 401);
    const { body } = await refresh(server, application, tokens.refreshToken);
    assert.deepEqual([body.error, body.error_description], ['invalid_grant', 'revoked_by_client']);
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

  async function refreshWithoutLibrary(
    application: TestApplication,
    refreshToken: string,
  ): Promise<ProgramTokens> {
    return tokensOf((await refresh(server, application, refreshToken)).body);
  }
});
