import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newestGrant } from '../support/authorizations.ts';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { call } from '../support/openapi/call.ts';
import { fetchDocument, operationsOf } from '../support/openapi/operations.ts';
import { WALKERS } from '../support/openapi/walkers.ts';
import { createWorld } from '../support/openapi/world.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { introspect, obtainTokens, refresh, revoke } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

// Runs the statements of every store on the embedded database. With TEST_ENGINES=all, all flows run
// on it.
describe('Embedded database', () => {
  let server: TestServer;
  let platform: TestPlatform;

  before(async () => {
    server = await startServer({ DATABASE_URL: '' });
    platform = await createPlatform(server);
  });
  after(() => server.close());

  it('a grant can be created, introspected, refreshed, shown and revoked', async () => {
    const { application, resourceServer, ada } = platform;
    const agent = new UserAgent(server);
    const organizers = ['redstage'];
    const first = await obtainTokens(server, { application, user: ada, organizers, agent });
    const tell = async (token: string) => (await introspect(server, resourceServer, token)).body;
    const { active, organizers: open, permissions } = await tell(first.accessToken);
    assert.deepEqual([active, open], [true, organizers]);
    assert.deepEqual(permissions, { redstage: ['can_view_orders', 'can_change_orders'] });

    const { body } = await refresh(server, application, first.refreshToken);
    assert.equal((await tell(first.accessToken)).active, false);
    assert.equal((await tell(body.access_token ?? '')).active, true);

    const id = await newestGrant(server, application.clientId);
    for (const path of ['', `/${id}/change`, `/${id}/revoke`, '/unused']) {
      const page = await agent.get(`/account/authorizations${path}`);
      assert.equal(page.status, 200, textOf(page));
    }
    await revoke(server, application, body.refresh_token ?? '');
    assert.equal((await tell(body.access_token ?? '')).active, false);
    const again = await refresh(server, application, body.refresh_token ?? '');
    assert.equal(again.body.error_description, 'revoked_by_client');
  });

  it('the account pages of users and developers are shown', async () => {
    const { application, ben } = platform;
    const agent = new UserAgent(server);
    await obtainTokens(server, { application, user: ben, agent });
    const app = `/account/applications/${application.clientId}`;
    for (const path of [
      ...['profile', 'password', 'sessions', 'activity', 'activity.json', 'applications'].map(
        (name) => `/account/${name}`,
      ),
      ...['', '/edit', '/statistics', '/errors', '/check', '/transfer', '/delete'].map(
        (name) => app + name,
      ),
    ]) {
      const page = await agent.get(path);
      assert.equal(page.status, 200, textOf(page));
    }
  });

  it('every API operation returns each of its successes', async () => {
    const world = createWorld(server, platform);
    const operator = `Token ${server.operatorToken}`;
    let calls = 0;
    for (const one of operationsOf(await fetchDocument(server))) {
      const isOperator = one.operation.security.some(({ operatorToken }) => operatorToken);
      for (const status of [200, 201, 204]) {
        const made = (await WALKERS[one.id]?.[status]?.(world)) ?? [];
        for (const each of [made].flat()) {
          const authorized = isOperator ? { authorization: operator, ...each } : each;
          const answer = await call(server, one, authorized);
          assert.equal(answer.status, status, `${one.id}: ${answer.text}`);
          calls += 1;
        }
      }
    }
    assert.ok(calls > 40, `${calls} calls`);
  });
});
