import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerApplication } from '../support/factories.ts';
import { prepared } from '../support/fixture.ts';
import { decide, signIn } from '../support/flow.ts';
import { FOREIGN_CLIENTS, runForeignClient, whyNotRun } from '../support/foreign-client.ts';
import { startSecureServer, whyNotSecure } from '../support/secure-server.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const skip = whyNotSecure() ?? false;

describe('Applications in other languages, over https', { skip }, () => {
  const server = prepared(startSecureServer, (one) => one.close());
  const platform = prepared(() => server.platform);

  for (const client of FOREIGN_CLIENTS) {
    describe(client.library, { skip: whyNotRun(client) ?? false }, () => {
      for (const clientType of ['confidential', 'public'] as const) {
        it(`connects, calls the API, refreshes and revokes (${clientType})`, async () => {
          const application = await registerApplication(server, { owner: 'ben', clientType });
          const report = await runForeignClient(client, {
            certificateFile: server.certificateFile,
            person: adaAllows,
            settings: {
              issuer: server.issuer,
              client_id: application.clientId,
              client_secret: application.clientSecret,
              redirect_uri: application.redirectUri,
            },
          });
          const mayIntrospect = clientType === 'confidential';
          assert.deepEqual(report, {
            scope: ['read', 'write'],
            expires_in: 3600,
            organizers: ['redstage'],
            active: mayIntrospect ? true : null,
            rotated: true,
            after: 200,
            // A refresh ends the previous access token.
            stale: 401,
            // The library refreshes when its token has expired.
            renewing: 200,
            revoked: 200,
            ended: 401,
            active_afterwards: mayIntrospect ? false : null,
            refused: ['invalid_grant', 'revoked_by_client'],
          });
        });
      }
    });
  }

  async function adaAllows(link: string): Promise<URL> {
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const page = await decide(agent, consent, { organizers: ['redstage'] });
    assert.ok(page.leavesTo, textOf(page));
    return page.leavesTo;
  }
});
