import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepared } from '../support/fixture.ts';
import { startManagementServer } from '../support/management-server.ts';
import { until } from '../support/outbox.ts';
import { type ApiAnswer, callManagement, manage } from '../support/platform.ts';

const server = prepared(startManagementServer, (one) => one.close());
before(async () => {
  const { db } = server.database;
  const ids = Array.from({ length: 60 }, (_, n) => `u${String(n).padStart(3, '0')}`);
  const users = ids.map((id) => ({
    id,
    email: `${id}@example.com`,
    email_key: `${id}@example.com`,
  }));
  await db.insertInto('users').values(users).execute();
  await manage(server, 'PUT', '/api/v1/directory/organizers/a/', { name: 'A' });
  const team = { name: 'Team', members: [] };
  await manage(server, 'PUT', '/api/v1/directory/organizers/a/teams/t2/', team);
});

const get = async (path: string, headers: Record<string, string> = {}) =>
  callManagement(server, 'GET', `/api/v1${path}`, undefined, headers);

describe('Conditional request for a list', () => {
  const modifiedOf = (answer: ApiAnswer) => answer.headers.get('last-modified') ?? '';
  const since = (answer: ApiAnswer) => ({ 'if-modified-since': modifiedOf(answer) });
  const PATHS = [
    '/users/',
    '/users/?page=2&ordering=-id',
    '/users/u001/',
    '/directory/organizers/',
    '/directory/organizers/a/',
    '/directory/organizers/a/teams/',
    '/directory/organizers/a/teams/t2/',
    '/applications/',
    '/resource-servers/',
    '/grants/',
  ];

  test('without a change: 304 without a body', async () => {
    for (const path of PATHS) {
      // Within a second after a change, the whole response may be sent.
      await until(async () => (await get(path, since(await get(path)))).status === 304);
      const first = await get(path);
      assert.equal(first.status, 200, path);
      assert.ok(Date.parse(modifiedOf(first)) <= Date.now(), path);
      const again = await get(path, since(first));
      assert.deepEqual([again.status, again.body], [304, undefined], path);
      assert.equal(modifiedOf(again), modifiedOf(first), path);
      const later = new Date(Date.parse(modifiedOf(first)) + 60_000).toUTCString();
      assert.equal((await get(path, { 'if-modified-since': later })).status, 304, path);
      const earlier = new Date(Date.parse(modifiedOf(first)) - 1000).toUTCString();
      assert.equal((await get(path, { 'if-modified-since': earlier })).status, 200, path);
      assert.equal((await get(path, { 'if-modified-since': 'yesterday' })).status, 200, path);
    }
  });

  test('after each of several fast changes: the new version', async () => {
    const changes: [path: string, change: (n: number) => Promise<unknown>][] = [
      [
        '/users/',
        (n) => manage(server, 'PATCH', '/api/v1/users/u001/', { full_name: `Name ${n}` }),
      ],
      [
        '/users/u002/',
        (n) => manage(server, 'PATCH', '/api/v1/users/u002/', { full_name: `Name ${n}` }),
      ],
      [
        '/directory/organizers/a/teams/',
        (n) =>
          manage(server, 'PUT', '/api/v1/directory/organizers/a/teams/t2/', {
            members: [`u00${n}`],
          }),
      ],
      [
        '/directory/organizers/',
        (n) => manage(server, 'PUT', '/api/v1/directory/organizers/a/', { name: `A ${n}` }),
      ],
    ];
    for (const [path, change] of changes) {
      let known = await get(path);
      for (let n = 0; n < 6; n += 1) {
        await change(n);
        // Another client reads the new version first, perhaps in the same second.
        await get(path);
        const now = await get(path, since(known));
        assert.equal(now.status, 200, `${path}, change ${n}`);
        assert.notDeepEqual(now.body, known.body);
        known = now;
      }
    }
  });

  test('after a late commit of a slow transaction: the new version', async () => {
    const { db } = server.database;
    const { promise: commits, resolve: commit } = Promise.withResolvers<void>();
    const { promise: written, resolve: hasWritten } = Promise.withResolvers<void>();
    const slow = db.transaction().execute(async (tx) => {
      await tx.insertInto('organizers').values({ slug: 'slow', name: '"Slow"' }).execute();
      hasWritten();
      await commits;
    });
    await written;
    await sleep(1100);
    await manage(server, 'PUT', '/api/v1/directory/organizers/quick/', { name: 'Quick' });
    const before = await get('/directory/organizers/');
    commit();
    await slow;
    const now = await get('/directory/organizers/', since(before));
    assert.equal(now.status, 200);
    assert.ok(JSON.stringify(now.body).includes('"slow"'));
  });

  test('for active grants: always 200, because they end without a change', async () => {
    const answer = await get('/grants/?active=true');
    assert.equal(answer.headers.get('last-modified'), null);
    const ever = { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() };
    assert.equal((await get('/grants/?active=true', ever)).status, 200);
  });
});
