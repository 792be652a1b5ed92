import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { compactListChanges, countEntries } from '../../src/db/list-changes.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { type ApiAnswer, callManagement, manage } from '../support/platform.ts';

let server: ManagementServer;
before(async () => {
  server = await startManagementServer();
});
after(() => server.close());

const page = z.object({
  count: z.number(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  results: z.array(z.looseObject({})),
});
const get = async (path: string, headers: Record<string, string> = {}) =>
  callManagement(server, 'GET', `/api/v1${path}`, undefined, headers);
const list = async (path: string) => {
  const answer = await get(path);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return page.parse(answer.body);
};

/** Follows `next` from the first page to the last one. */
async function walk(path: string, key: string): Promise<unknown[]> {
  const all: unknown[] = [];
  let at: string | null = path;
  while (at !== null) {
    const { results, next, count } = await list(at);
    all.push(...results.map((entry) => entry[key]));
    at = next === null ? null : next.replace('https://login.example.com/api/v1', '');
    assert.ok(all.length <= count);
  }
  return all;
}

describe('List of users', () => {
  const ids = Array.from({ length: 233 }, (_, n) => `u${String(n).padStart(3, '0')}`);
  before(async () => {
    await server.database.db
      .insertInto('users')
      .values(
        ids.map((id, n) => ({
          id,
          // In the opposite order of the ids.
          email: `${String(999 - n)}@Example.com`,
          email_key: `${String(999 - n)}@example.com`,
          is_active: n % 3 !== 0,
        })),
      )
      .execute();
  });

  test('all pages together are complete, in every order and filter', async () => {
    const backwards = ids.toReversed();
    const active = ids.filter((_, n) => n % 3 !== 0);
    for (const [query, expected] of [
      ['', ids],
      ['?ordering=id', ids],
      ['?ordering=-id', backwards],
      ['?ordering=email', backwards],
      ['?ordering=-email', ids],
      ['?is_active=true', active],
      ['?is_active=true&ordering=-id', active.toReversed()],
      ['?is_active=false', ids.filter((_, n) => n % 3 === 0)],
    ] as const) {
      assert.deepEqual(await walk(`/users/${query}`, 'id'), expected, query);
    }
  });

  test('is filtered by the documented parameters, and ignores unknown ones', async () => {
    assert.deepEqual(await walk('/users/?email=998@EXAMPLE.com', 'id'), ['u001']);
    assert.deepEqual(await walk('/users/?email=nobody@example.com', 'id'), []);
    assert.equal((await list('/users/?email=')).count, ids.length);
    assert.equal((await list('/users/?is_active=false&is_active=true')).count, 155);
    assert.equal((await list('/users/?owner=x&colour=red')).count, ids.length);
  });

  test('an invalid parameter is refused by name', async () => {
    for (const [path, field] of [
      ['/users/?ordering=full_name', 'ordering'],
      ['/users/?ordering=--id', 'ordering'],
      ['/users/?ordering=', 'ordering'],
      ['/users/?ordering=id,email', 'ordering'],
      ['/users/?is_active=1', 'is_active'],
      ['/users/?is_active=True', 'is_active'],
      ['/users/?is_active=', 'is_active'],
      ['/users/?email=%00', 'email'],
      ['/directory/organizers/?ordering=name', 'ordering'],
      ['/applications/?owner=a%20b', 'owner'],
      ['/applications/?reviewed=yes', 'reviewed'],
      ['/applications/?suspended=0', 'suspended'],
      ['/resource-servers/?ordering=name', 'ordering'],
      ['/grants/?active=TRUE', 'active'],
      ['/grants/?user=%00', 'user'],
      ['/grants/?organizer=-x', 'organizer'],
      ['/grants/?application=%ff', 'application'],
      ['/grants/?ordering=id', 'ordering'],
      ['/logentries/?action=%27', 'action'],
      ['/logentries/?modified_since=yesterday', 'modified_since'],
      ['/logentries/?modified_since=2026-01-01T00:00:00', 'modified_since'],
      ['/logentries/?modified_since=2026-13-01T00:00:00Z', 'modified_since'],
      ['/logentries/?ordering=-id', 'ordering'],
    ] as const) {
      const answer = await get(path);
      assert.equal(answer.status, 400, path);
      assert.deepEqual(Object.keys(Object(answer.body)), [field], path);
    }
  });

  test('a request that does not accept JSON is 406', async () => {
    for (const path of ['/users/', '/users/u001/', '/logentries/', '/grants/']) {
      const answer = await get(path, { accept: 'text/html' });
      assert.equal(answer.status, 406, path);
      assert.match(String(Reflect.get(Object(answer.body), 'detail')), /application\/json/);
      assert.equal((await get(path, { accept: 'text/html, */*;q=0.1' })).status, 200);
    }
  });
});

describe('Counters of lists', () => {
  const LISTS: Readonly<Record<string, string>> = {
    users: 'users',
    organizers: 'organizers',
    'teams/a': "teams where organizer_slug = 'a'",
    'teams/b': "teams where organizer_slug = 'b'",
    applications: 'applications',
    'resource-servers': 'resource_servers',
    grants: 'grants',
    logentries: 'audit_events',
  };
  const assertExact = async (when: string) => {
    for (const [name, from] of Object.entries(LISTS)) {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from ${sql.raw(from)}
      `.execute(server.database.db);
      const counted = await countEntries(server.database.db, { list: name });
      assert.equal(counted, rows[0]?.n, `${name}, ${when}`);
    }
  };

  test('stay exact during parallel writes, deletions and compaction', async () => {
    const { db } = server.database;
    await assertExact('at first');
    await manage(server, 'PUT', '/api/v1/directory/organizers/a/', { name: 'A' });
    await manage(server, 'PUT', '/api/v1/directory/organizers/b/', { name: 'B' });
    const one = async (n: number) => {
      const user = `/api/v1/users/w${n}/`;
      await manage(server, 'PUT', user, { email: `w${n}@example.com` });
      const team = `/api/v1/directory/organizers/${n % 2 === 0 ? 'a' : 'b'}/teams/t${n}/`;
      await manage(server, 'PUT', team, { members: [`w${n}`] });
      const application = await manage(server, 'POST', '/api/v1/applications/', {
        owner: `w${n}`,
        name: 'App',
        redirect_uris: ['https://app.example.com/'],
      });
      const clientId = String(Reflect.get(Object(application), 'client_id'));
      await db
        .insertInto('grants')
        .values(grantRow(`g${n}`, `w${n}`, clientId))
        .execute();
      if (n % 3 === 0) {
        await manage(server, 'DELETE', `/api/v1/applications/${clientId}/`);
      }
      if (n % 4 === 0) {
        await manage(server, 'DELETE', user);
      }
      if (n % 5 === 0) {
        await compactListChanges(db, 1000);
      }
    };
    await Promise.all(Array.from({ length: 24 }, (_, n) => one(n)));
    await assertExact('after many at once');
    await compactListChanges(db, 1000);
    await assertExact('drawn together');
    await manage(server, 'DELETE', '/api/v1/directory/organizers/b/');
    await db.updateTable('users').set({ is_active: false }).where('id', 'like', 'w1%').execute();
    await assertExact('after deleting an organizer');
    for (const active of [true, false]) {
      const { count } = await list(`/users/?is_active=${active}`);
      const all = await walk(`/users/?is_active=${active}`, 'id');
      assert.equal(all.length, count);
    }
  });

  test('do not include rolled-back rows', async () => {
    const { db } = server.database;
    await assert.rejects(
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom('users').where('id', 'like', 'u%').execute();
        throw new Error('no');
      }),
    );
    await assertExact('after a rollback');
  });
});

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

function grantRow(id: string, userId: string, clientId: string) {
  return {
    id,
    user_id: userId,
    client_id: clientId,
    scopes: ['read'],
    expires_at: new Date(Date.now() + 86_400_000),
  };
}
