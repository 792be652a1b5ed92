import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { createDemoApi } from '../../src/demo/api.ts';
import { putTeam } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { type GuardedApi, listen } from '../support/kit/frameworks.ts';
import { obtainTokens, revoke } from '../support/tokens.ts';

const list = z.object({ count: z.number(), results: z.array(z.looseObject({})) });

describe('API of the demo', () => {
  let api: GuardedApi;
  /** Access token of Ada, for both of her organizers. */
  let token: string;
  let profileToken: string;
  const { server, platform } = withPlatform();

  before(async () => {
    await putTeam(server, { organizer: 'bluehall', permissions: [], members: ['ada'] });
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const { issuer } = server;
    api = await listen(createDemoApi({ issuer, clientId, clientSecret }));
    const { application, ada: user } = platform;
    ({ accessToken: token } = await obtainTokens(server, { application, user }));
    ({ accessToken: profileToken } = await obtainTokens(server, {
      application,
      user,
      scope: 'profile',
      previous: 'keep',
    }));
  });
  after(() => api?.close());

  const call = (path: string, method = 'GET', bearer = token) =>
    fetch(api.url + path, { method, headers: { authorization: `Bearer ${bearer}` } });

  it('guard by scope: lists the organizers that the token opens', async () => {
    const answer = await call('/api/organizers');
    assert.equal(answer.status, 200);
    const { results } = list.parse(await answer.json());
    const bySlug = results.sort((a, b) => String(a.slug).localeCompare(String(b.slug)));
    assert.deepEqual(bySlug, [
      { slug: 'bluehall', permissions: [] },
      { slug: 'redstage', permissions: ['can_view_orders', 'can_change_orders'] },
    ]);
    assert.equal((await call('/api/organizers', 'GET', profileToken)).status, 403);
  });

  it('guard by organizer: membership is sufficient', async () => {
    assert.equal((await call('/api/organizers/redstage')).status, 200);
    const answer = await call('/api/organizers/bluehall/');
    assert.deepEqual(await answer.json(), { slug: 'bluehall', permissions: [] });
    assert.equal((await call('/api/organizers/greenarena')).status, 403);
    assert.equal((await call('/api/organizers/greenarena', 'HEAD')).status, 403);
  });

  it('guard by permission: orders need the permission', async () => {
    assert.equal((await call('/api/organizers/redstage/orders')).status, 200);
    assert.equal((await call('/api/organizers/redstage/orders', 'HEAD')).status, 200);
    assert.equal((await call('/api/organizers/redstage/orders', 'POST')).status, 201);
    const answer = await call('/api/organizers/redstage/orders/');
    assert.equal(list.parse(await answer.json()).count, 3);
    for (const method of ['GET', 'POST']) {
      const refused = await call('/api/organizers/bluehall/orders', method);
      assert.equal(refused.status, 403);
      assert.match(await refused.text(), /does not have the permission/);
    }
  });

  it('says how it has checked the token, and a revocation ends it within a second', async () => {
    const { application, ada: user } = platform;
    const { accessToken } = await obtainTokens(server, { application, user });
    const check = async () => {
      const answer = await call('/api/organizers/redstage', 'GET', accessToken);
      return answer.status === 200 ? answer.headers.get('x-token-check') : answer.status;
    };
    const ASKED = 'asked the authorization server';
    assert.equal(await check(), ASKED);
    let checked = await check();
    while (checked === ASKED) {
      checked = await check();
    }
    assert.match(String(checked), /^answered from memory, good for [01]\.\d s$/);
    await revoke(server, application, accessToken);
    const begun = performance.now();
    let asked = begun;
    for (let next = begun; (await check()) !== 401; next = performance.now()) {
      asked = next;
    }
    assert.ok(asked - begun <= 1_000);
  });

  it('guard by event: a permission for one event opens this event only', async () => {
    await putTeam(server, {
      organizer: 'bluehall',
      id: 'fair',
      permissions: ['can_view_orders'],
      limitEvents: ['spring-fair'],
      members: ['ada'],
    });
    // The answer in memory is from before that.
    const { accessToken } = await obtainTokens(server, {
      application: platform.application,
      user: platform.ada,
      parameters: { prompt: 'consent' },
    });
    const ask = (path: string, method = 'GET') =>
      call(`/api/organizers/bluehall${path}`, method, accessToken);
    const answer = await ask('/events/spring-fair/orders');
    assert.equal(answer.status, 200);
    const { results } = list.parse(await answer.json());
    assert.deepEqual(
      results.map(({ event }) => event),
      ['spring-fair'],
    );
    assert.equal((await ask('/events/spring-fair/orders', 'POST')).status, 403);
    assert.equal((await ask('/events/summer-gala/orders')).status, 403);
    assert.equal((await ask('/orders')).status, 403);
  });

  it('unknown paths are 404, other methods 405', async () => {
    assert.equal((await call('/api/organisers')).status, 404);
    assert.equal((await call('/api/organizers/%2e%2e/orders')).status, 404);
    const answer = await call('/api/organizers/redstage', 'DELETE');
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'HEAD, GET');
    assert.deepEqual(await answer.json(), { detail: "Method 'DELETE' not allowed." });
  });
});
