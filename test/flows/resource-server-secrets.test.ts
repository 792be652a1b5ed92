import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { hashOf } from '../../src/lib/credentials.ts';
import { registerResourceServer } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { callManagement, manage } from '../support/platform.ts';
import { introspect } from '../support/tokens.ts';

const added = z.object({ id: z.string(), client_secret: z.string() });
const listed = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      last_four: z.string().nullable(),
      created_at: z.string(),
      expires_at: z.string().nullable(),
      last_used_at: z.string().nullable(),
    }),
  ),
});

describe('Secrets of a resource server', () => {
  const server = withServer();

  const pathOf = (clientId: string) => `/api/v1/resource-servers/${clientId}/secrets/`;
  const add = async (clientId: string, body: object = {}) =>
    added.parse(await manage(server, 'POST', pathOf(clientId), body));
  const list = async (clientId: string) =>
    listed.parse(await manage(server, 'GET', pathOf(clientId))).results;
  const remove = (clientId: string, id: string) =>
    callManagement(server, 'DELETE', `${pathOf(clientId)}${id}/`);
  const statusWith = async (clientId: string, clientSecret = '') =>
    (await introspect(server, { clientId, clientSecret }, 'sda_x')).status;

  test('can be replaced without downtime, and each step is logged', async () => {
    const { clientId, clientSecret: first = '' } = await registerResourceServer(server);
    const second = await add(clientId, { label: ' next ', expires_at: '2999-01-01T00:00:00Z' });
    assert.equal(await statusWith(clientId, first), 200);
    assert.equal(await statusWith(clientId, second.client_secret), 200);
    const [old, next] = await list(clientId);
    assert.ok(old !== undefined && next !== undefined);
    assert.equal(old.last_four, first.slice(-4));
    assert.deepEqual(
      [next.id, next.label, next.expires_at],
      [second.id, 'next', '2999-01-01T00:00:00.000Z'],
    );
    assert.equal((await remove(clientId, old.id)).status, 204);
    assert.equal(await statusWith(clientId, first), 401);
    assert.equal(await statusWith(clientId, second.client_secret), 200);
    const last = await remove(clientId, second.id);
    assert.equal(last.status, 409);
    assert.match(JSON.stringify(last.body), /last secret/);
    const events = await server.database.db
      .selectFrom('audit_events')
      .select(['action', 'data'])
      .where('client_id', '=', clientId)
      .where('action', 'like', 'stagedoor.resource_server.%')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      events.map(({ action, data }) => [action.split('.').at(-1), data.secret ?? null]),
      [
        ['registered', null],
        ['secret_added', second.id],
        ['secret_deleted', old.id],
      ],
    );
    assert.ok(!JSON.stringify(events).includes(second.client_secret));
  });

  test('are remembered as a hash after deletion', async () => {
    const { clientId, clientSecret = '' } = await registerResourceServer(server);
    await add(clientId);
    const [old] = await list(clientId);
    await remove(clientId, old?.id ?? '');
    const ended = await server.database.db
      .selectFrom('ended_secrets')
      .select('secret_hash')
      .where('owner', '=', clientId)
      .execute();
    assert.deepEqual(
      ended.map((row) => Buffer.from(row.secret_hash)),
      [hashOf(clientSecret)],
    );
  });

  test('show their last use', async () => {
    const { clientId, clientSecret } = await registerResourceServer(server);
    await statusWith(clientId, clientSecret);
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await list(clientId))[0]?.last_used_at !== null) {
        return;
      }
      await new Promise(setImmediate);
    }
    assert.fail('The use was not noted.');
  });

  test('are refused if expired or of another resource server', async () => {
    const [one, other] = [
      await registerResourceServer(server),
      await registerResourceServer(server),
    ];
    assert.equal(await statusWith(one.clientId, other.clientSecret), 401);
    const { id, client_secret } = await add(one.clientId);
    assert.equal((await remove(other.clientId, id)).status, 404);
    await server.database.db
      .updateTable('resource_server_secrets')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', id)
      .execute();
    assert.equal(await statusWith(one.clientId, client_secret), 401);
    // An expired secret can be deleted, the last valid one can't.
    const [first] = await list(one.clientId);
    assert.equal((await remove(one.clientId, first?.id ?? '')).status, 409);
    assert.equal((await remove(one.clientId, id)).status, 204);
  });

  test('are limited to five, with validated label and end', async () => {
    const { clientId } = await registerResourceServer(server);
    await Promise.all([1, 2, 3, 4].map(() => add(clientId)));
    const tooMany = await Promise.all(
      [1, 2].map(() => callManagement(server, 'POST', pathOf(clientId), {})),
    );
    assert.deepEqual(
      tooMany.map(({ status }) => status),
      [400, 400],
    );
    for (const [path, body, status] of [
      [pathOf(clientId), { label: 'x'.repeat(101) }, 400],
      [pathOf(clientId), { label: 'a\0b' }, 400],
      [pathOf(clientId), { expires_at: '2020-01-01T00:00:00Z' }, 400],
      [pathOf(clientId), { expires_at: 'soon' }, 400],
      [pathOf('nobody'), {}, 404],
      [pathOf('%00'), {}, 400],
    ] as const) {
      assert.equal((await callManagement(server, 'POST', path, body)).status, status, path);
    }
    for (const [id, status] of [
      ['%00', 400],
      ['x', 404],
      ['00000000-0000-0000-0000-000000000000', 404],
    ] as const) {
      assert.equal((await remove(clientId, id)).status, status, id);
    }
  });
});
