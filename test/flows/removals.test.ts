import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importDirectory } from '../support/bulk.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { putOrganizer, putTeam, putUser } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { manage } from '../support/platform.ts';
import type { TestServer } from '../support/server.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';

const BOTH = { north: ['can_view_orders', 'can_change_orders'], south: ['can_view_orders'] };
const NORTH = '/api/v1/directory/organizers/north/';

interface Removal {
  readonly what: string;
  readonly remove: (server: TestServer) => Promise<unknown>;
  /**
   * Permissions that the token opens at the next introspection; undefined: the token is inactive.
   */
  readonly left: Record<string, string[]> | undefined;
  readonly logged: { readonly action: string; readonly user?: string; readonly data: object };
}

const team = { organizer: 'north', id: 'crew', name: 'crew' };
const put = (body: object) => (server: TestServer) =>
  manage(server, 'PUT', `${NORTH}teams/crew/`, body);
const send = (line: object) => async (server: TestServer) => {
  const { end } = await importDirectory(server, [line]);
  assert.equal(end?.changed, 1);
};
const call = (method: string, path: string, body?: object) => (server: TestServer) =>
  manage(server, method, path, body);
const changed = (field: string) => ({
  action: 'directory.team.changed',
  data: { organizer: 'north', team: 'crew', name: 'crew', changed: [field] },
});
const deactivated = {
  action: 'directory.user.changed',
  user: 'dora',
  data: { changed: ['isActive'] },
};
const { south } = BOTH;
const fewer = ['can_view_orders'];
const everything = ['can_view_orders', 'can_change_orders'];
const inactive = {
  email: 'dora@example.com',
  full_name: 'Dora Example',
  locale: 'en',
  is_active: false,
};

const REMOVALS: Removal[] = [
  {
    what: 'a membership',
    remove: put({ name: 'crew', permissions: everything, members: [] }),
    left: { south },
    logged: changed('members'),
  },
  {
    what: 'a membership, by an import',
    remove: send({ team: { ...team, permissions: everything, members: [] } }),
    left: { south },
    logged: changed('members'),
  },
  {
    what: 'a permission',
    remove: put({ name: 'crew', permissions: fewer, members: ['dora'] }),
    left: { north: fewer, south },
    logged: changed('permissions'),
  },
  {
    what: 'a permission, by an import',
    remove: send({ team: { ...team, permissions: fewer, members: ['dora'] } }),
    left: { north: fewer, south },
    logged: changed('permissions'),
  },
  {
    what: 'a team',
    remove: call('DELETE', `${NORTH}teams/crew/`),
    left: { south },
    logged: {
      action: 'directory.team.deleted',
      data: { organizer: 'north', team: 'crew', name: 'crew' },
    },
  },
  {
    what: 'an organizer',
    remove: call('DELETE', NORTH),
    left: { south },
    logged: { action: 'directory.organizer.deleted', data: { organizer: 'north', name: 'north' } },
  },
  {
    what: 'the deactivation of a user',
    remove: call('PATCH', '/api/v1/users/dora/', { is_active: false }),
    left: undefined,
    logged: deactivated,
  },
  {
    what: 'the deactivation of a user, by an import',
    remove: send({ user: { id: 'dora', ...inactive } }),
    left: undefined,
    logged: deactivated,
  },
  {
    what: 'a user',
    remove: call('DELETE', '/api/v1/users/dora/'),
    left: undefined,
    logged: { action: 'directory.user.deleted', user: 'dora', data: {} },
  },
];

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Removal of rights applies to the next introspection and is logged, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);

    const tokenOf = async () => {
      const dora = await putUser(server, { id: 'dora' });
      for (const slug of ['north', 'south'] as const) {
        await putOrganizer(server, slug);
        await putTeam(server, {
          organizer: slug,
          id: 'crew',
          permissions: BOTH[slug],
          members: ['dora'],
        });
      }
      const { application } = platform;
      const parameters = { prompt: 'consent' };
      return (await obtainTokens(server, { application, user: dora, parameters })).accessToken;
    };
    const opens = async (token: string) => {
      const { body } = await introspect(server, platform.resourceServer, token);
      assert.equal(body.active === true, body.permissions !== undefined);
      return body.permissions;
    };
    const last = async () => {
      const entry = await server.database.db
        .selectFrom('audit_events')
        .select(['action', 'actor', 'user_id as user', 'data'])
        .where('action', 'like', 'stagedoor.directory.%')
        .orderBy('id', 'desc')
        .executeTakeFirst();
      return entry;
    };

    for (const { what, remove, left, logged } of REMOVALS) {
      test(what, async () => {
        const token = await tokenOf();
        assert.deepEqual(await opens(token), BOTH);
        await remove(server);
        assert.deepEqual(await opens(token), left);
        assert.deepEqual(await last(), {
          action: `stagedoor.${logged.action}`,
          actor: 'operator:bootstrap',
          user: logged.user ?? null,
          data: logged.data,
        });
      });
    }
  });
}
