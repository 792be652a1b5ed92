import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { putTeam, putUser, registerApplication } from '../support/factories.ts';
import { callManagement, manage } from '../support/platform.ts';
import { assertInvalidGrant, withTokens } from '../support/token-fixture.ts';
import { basic, introspect, obtainTokens, refresh } from '../support/tokens.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Introspection and bearer endpoints, on ${engine}`, () => {
    const { server, platform, tokens, isActive } = withTokens(variables);
    const { application } = platform;

    describe('introspection', () => {
      it('is refused to unknown clients, wrong secrets and public applications', async () => {
        const { accessToken } = await tokens();
        const stranger = { clientId: 'nobody', clientSecret: 'x' };
        const wrong = { ...platform.resourceServer, clientSecret: 'sds_wrong' };
        const publicApp = await registerApplication(server, {
          owner: 'ben',
          clientType: 'public',
        });
        for (const caller of [
          undefined,
          stranger,
          wrong,
          publicApp,
          { clientId: 'a\0', clientSecret: 'b' },
        ]) {
          const answer = await introspect(server, caller, accessToken);
          assert.equal(answer.status, 401);
          assert.equal(answer.body.error, 'invalid_client');
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/);
        }
      });

      it('by an application works for its own tokens only', async () => {
        const given = await tokens();
        const other = await registerApplication(server, { owner: 'ben' });
        assert.equal((await introspect(server, application, given.accessToken)).body.active, true);
        assert.equal((await introspect(server, application, given.refreshToken)).body.active, true);
        assert.deepEqual((await introspect(server, other, given.accessToken)).body, {
          active: false,
        });
        assert.deepEqual((await introspect(server, other, given.refreshToken)).body, {
          active: false,
        });
      });

      it('of a refresh token by a resource server: inactive', async () => {
        const { refreshToken } = await tokens();
        assert.deepEqual((await introspect(server, platform.resourceServer, refreshToken)).body, {
          active: false,
        });
      });

      it('returns exactly the fields of the contract', async () => {
        const { accessToken } = await tokens();
        const { body } = await introspect(server, platform.resourceServer, accessToken);
        assert.deepEqual(Object.keys(body).sort(), [
          'active',
          'client_id',
          'exp',
          'expires_in',
          'grant',
          'iat',
          'iss',
          'organizers',
          'permissions',
          'scope',
          'sub',
          'token_type',
        ]);
        assert.equal(body.sub, 'ada');
        assert.equal(body.client_id, application.clientId);
        assert.equal(body.iss, server.issuer);
        assert.equal(Number(body.exp) - Number(body.iat), 3600);
        const left = Number(body.expires_in);
        assert.ok(Number.isInteger(left) && left > 3540 && left <= 3600, `${left} s`);
      });

      it('names the grant by a handle that is stable and that no endpoint takes', async () => {
        const given = await tokens();
        const handle = async (token: string) =>
          String((await introspect(server, platform.resourceServer, token)).body.grant);
        const first = await handle(given.accessToken);
        assert.match(first, /^[\w-]{22}$/);
        const { body } = await refresh(server, application, given.refreshToken);
        assert.equal(await handle(body.access_token ?? ''), first);
        const asApplication = await introspect(server, application, body.refresh_token ?? '');
        assert.equal(asApplication.body.grant, first);
        assert.notEqual(await handle((await tokens()).accessToken), first);
        const revoked = await callManagement(server, 'POST', `/api/v1/grants/${first}/revoke/`, {});
        assert.equal(revoked.status, 404);
      });

      it('returns the permissions of the current teams', async () => {
        const dora = await putUser(server, { id: 'dora' });
        const team = { organizer: 'greenarena', id: 'door', members: ['dora'] };
        await putTeam(server, { ...team, permissions: ['can_view_vouchers'] });
        const { accessToken } = await obtainTokens(server, { application, user: dora });
        const look = async () => {
          const { body } = await introspect(server, platform.resourceServer, accessToken);
          return [body.active, body.permissions];
        };
        assert.deepEqual(await look(), [true, { greenarena: ['can_view_vouchers'] }]);
        const second = {
          ...team,
          id: 'shop',
          permissions: ['can_view_orders', 'can_view_vouchers'],
        };
        await putTeam(server, second);
        const [, permissions] = await look();
        assert.deepEqual(permissions, { greenarena: ['can_view_vouchers', 'can_view_orders'] });
        await putTeam(server, { ...second, members: [] });
        await putTeam(server, { ...team, members: [] });
        assert.deepEqual(await look(), [true, {}]);
        await putTeam(server, team);
        assert.deepEqual(await look(), [true, { greenarena: ['can_view_orders'] }]);
        await manage(server, 'DELETE', '/api/v1/directory/organizers/greenarena/teams/door/');
        assert.deepEqual(await look(), [true, {}]);
      });

      it('depends on the current state of application and user', async () => {
        const eve = await putUser(server, { id: 'eve' });
        await putTeam(server, { organizer: 'bluehall', id: 'eves', members: ['eve'] });
        const mine = await registerApplication(server, { owner: 'ben' });
        const given = await obtainTokens(server, { application: mine, user: eve });
        const path = `/api/v1/applications/${mine.clientId}/`;
        const steps: [string, string, unknown, unknown][] = [
          ['POST', `${path}suspend/`, { reason: 'abuse' }, false],
          ['POST', `${path}resume/`, {}, true],
          ['PATCH', path, { is_active: false }, false],
          ['PATCH', path, { is_active: true }, true],
          ['PATCH', '/api/v1/users/eve/', { is_active: false }, false],
          ['PATCH', '/api/v1/users/eve/', { is_active: true }, true],
        ];
        for (const [method, url, body, active] of steps) {
          await manage(server, method, url, body);
          assert.equal(await isActive(given.accessToken), active, `${method} ${url}`);
          if (active === false) {
            assertInvalidGrant(await refresh(server, mine, given.refreshToken));
          }
        }
        await manage(server, 'DELETE', path);
        assert.equal(await isActive(given.accessToken), false);
        assert.equal(
          (await refresh(server, mine, given.refreshToken)).body.error,
          'invalid_client',
        );
      });

      it('refuses a malformed request in RFC format', async () => {
        const { clientId, clientSecret } = platform.resourceServer;
        const authorization = basic(clientId, clientSecret ?? '');
        const post = (body: string, headers: Record<string, string>) =>
          fetch(`${server.issuer}/api/v1/oauth/introspect`, { method: 'POST', body, headers });
        const form = 'application/x-www-form-urlencoded';
        const answers = [
          await post('', { authorization, 'content-type': form }),
          await post('token=a&token=b', { authorization, 'content-type': form }),
          await post('{"token":"a"}', { authorization, 'content-type': 'application/json' }),
          await post(`token=${'a'.repeat(200_000)}`, { authorization, 'content-type': form }),
          await post('token=a', { authorization: 'Basic %%%', 'content-type': form }),
          await post(`token=a&client_id=${clientId}&client_secret=x`, {
            authorization,
            'content-type': form,
          }),
        ];
        assert.deepEqual(
          answers.map(({ status }) => status),
          [400, 400, 415, 413, 401, 400],
        );
        for (const answer of answers) {
          assert.match(
            await answer.text(),
            /^\{"error":"invalid_(?:request|client)","error_description":".+"\}$/,
          );
        }
      });
    });

    describe('bearer endpoints', () => {
      const get = (path: string, token?: string) =>
        fetch(server.issuer + path, {
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        });

      it('the profile requires the profile scope', async () => {
        const given = await obtainTokens(server, {
          application,
          user: platform.ada,
          scope: 'profile',
          parameters: { approval_prompt: 'force' },
        });
        assert.deepEqual(await (await get('/api/v1/me', given.accessToken)).json(), {
          sub: 'ada',
          email: 'ada@example.com',
          full_name: 'Ada Example',
          locale: 'en',
          timezone: 'UTC',
        });
        const refused = await get('/api/v1/organizers/', given.accessToken);
        assert.equal(refused.status, 403);
        assert.match(refused.headers.get('www-authenticate') ?? '', /insufficient_scope/);
      });

      it('the organizer list contains the organizers of the token', async () => {
        const { accessToken, refreshToken } = await tokens(['redstage']);
        assert.deepEqual(await (await get('/api/v1/organizers/', accessToken)).json(), {
          count: 1,
          next: null,
          previous: null,
          results: [{ slug: 'redstage', name: { en: 'Red Stage', de: 'Rote Bühne' } }],
        });
        assert.equal((await get('/api/v1/me', accessToken)).status, 403);
        for (const token of [undefined, refreshToken, 'x']) {
          const answer = await get('/api/v1/organizers/', token);
          assert.equal(answer.status, 401);
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
          assert.match(await answer.text(), /^\{"detail":".+"\}$/);
        }
      });
    });
  });
}
