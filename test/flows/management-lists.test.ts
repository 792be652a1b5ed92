import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { z } from 'zod';
import { compactListChanges, countEntries } from '../../src/db/list-changes.ts';
import { prepared } from '../support/fixture.ts';
import { startManagementServer } from '../support/management-server.ts';
import { callManagement, manage } from '../support/platform.ts';

const server = prepared(startManagementServer, (one) => one.close());

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

const pathOf = (link: string | null) =>
  link?.replace('https://login.example.com/api/v1', '') ?? null;

/** Follows `next` from the first page to the last one. */
async function walk(
  path: string,
  key: string,
  between: () => Promise<unknown> = async () => {},
): Promise<unknown[]> {
  const all: unknown[] = [];
  let at: string | null = path;
  while (at !== null) {
    const { results, next, count } = await list(at);
    all.push(...results.map((entry) => entry[key]));
    at = pathOf(next);
    assert.ok(all.length <= count);
    await between();
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

  test('the others than operators are counted exactly', async () => {
    const setOperators = (is_operator: boolean) =>
      server.database.db
        .updateTable('users')
        .set({ is_operator })
        .where('id', 'in', ['u000', 'u001', 'u002'])
        .execute();
    await setOperators(true);
    for (const [query, expected] of [
      ['is_operator=true', 3],
      ['is_operator=false', 230],
      ['is_operator=false&is_active=true', 153],
      ['is_operator=false&is_active=false', 77],
    ] as const) {
      assert.equal((await list(`/users/?${query}`)).count, expected, query);
    }
    await setOperators(false);
  });

  test('followed while users are added and deleted: each other user once, in order', async () => {
    const { db } = server.database;
    const put = (id: string) =>
      db
        .insertInto('users')
        .values({ id, email: `${id}@example.org`, email_key: `${id}@example.org` })
        .execute();
    for (const query of ['', '?ordering=-id', '?ordering=-email', '?is_active=true']) {
      let step = 0;
      for (const n of [20, 60, 110, 160, 210]) {
        await put(`u${String(n).padStart(3, '0')}gone`);
      }
      const found = await walk(`/users/${query}`, 'id', async () => {
        step += 1;
        // Both before and behind the place that is reached, and next to it.
        for (const n of [0, 49, 50, 99, 100, 149, 150, 199, 200, 232]) {
          await put(`u${String(n).padStart(3, '0')}.${step}`);
        }
        const [first] = await db
          .deleteFrom('users')
          .where('id', '=', (eb) =>
            eb.selectFrom('users').select('id').where('id', 'like', '%gone').orderBy('id').limit(1),
          )
          .returning('id')
          .execute();
        assert.ok(first !== undefined || step > 5);
      });
      const known = new Set(ids);
      const kept = found.filter((id) => known.has(String(id)));
      const expected = ids.filter((_, n) => query !== '?is_active=true' || n % 3 !== 0);
      const backwards = query === '?ordering=-id';
      assert.deepEqual(kept, backwards ? expected.toReversed() : expected, query);
      assert.equal(new Set(found).size, found.length, `${query}: none twice`);
      await db.deleteFrom('users').where('id', '~', '^u\\d{3}(\\.\\d+|gone)$').execute();
    }
  });

  test('backwards from the end: the same pages', async () => {
    for (const path of ['/users/?ordering=email', '/users/?is_active=true']) {
      const pages = [];
      let last = path;
      for (let at: string | null = path; at !== null; ) {
        const { results, next } = await list(at);
        pages.push(results);
        last = at;
        at = pathOf(next);
      }
      const back = [];
      for (let at: string | null = last; at !== null; ) {
        const { results, previous } = await list(at);
        back.unshift(results);
        at = pathOf(previous);
      }
      assert.deepEqual(back, pages);
    }
  });

  test('a cursor of another page, order, filter or list, and an invalid one, are ignored', async () => {
    const { next } = await list('/users/?ordering=id');
    const cursor = new URL(next ?? '').searchParams.get('cursor') ?? '';
    const [mark] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const write = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    // It begins at another place than the page by its number.
    const elsewhere = write(mark, 'after', 'u200');
    assert.deepEqual(
      (await list(`/users/?ordering=id&page=2&cursor=${elsewhere}`)).results.map(({ id }) => id),
      ids.slice(201),
    );
    for (const [path, given] of [
      ['/users/?ordering=id&page=3', elsewhere],
      ['/users/?page=2', elsewhere],
      ['/users/?ordering=-id&page=2', elsewhere],
      ['/users/?ordering=id&is_active=true&page=2', elsewhere],
      ['/users/?ordering=id&page=2', ''],
      ['/users/?ordering=id&page=2', 'x'],
      ['/users/?ordering=id&page=2', '%00'],
      ['/users/?ordering=id&page=2', write(mark)],
      ['/users/?ordering=id&page=2', write(mark, 'after')],
      ['/users/?ordering=id&page=2', write(mark, 'beside', 'u200')],
      ['/users/?ordering=id&page=2', write(mark, 'after', 'u200', 'u200')],
      ['/users/?ordering=id&page=2', write(mark, 'after', '\0')],
      ['/users/?ordering=id&page=2', write(mark, 'after', 200)],
      ['/users/?ordering=id&page=2', write({ mark })],
    ] as const) {
      const { count, results } = await list(path);
      const answer = await list(`${path}&cursor=${given}`);
      assert.deepEqual([answer.count, answer.results], [count, results], `${path} ${given}`);
    }
    assert.equal((await get(`/users/?page=9&cursor=${elsewhere}`)).status, 404);
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
      ['/logentries/?modified_since=9999-12-31T23:59:59-05:00', 'modified_since'],
      ['/logentries/?modified_since=0001-01-01T00:00:00%2B05:00', 'modified_since'],
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

describe('Lists of rows that were added within a millisecond', () => {
  const FILL: readonly (readonly [path: string, key: string, text: string])[] = [
    [
      '/logentries/?action=stagedoor.test.paged',
      'id',
      `insert into audit_events (happened_at, action, actor)
       select now() + n % 40 * interval '1 microsecond', 'stagedoor.test.paged', 'user:' || n
       from generate_series(1, 120) n`,
    ],
    [
      '/applications/?owner=u001',
      'client_id',
      `insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes)
       select 'paged' || n, 'u001', 'App', 'confidential', '{}', '{read}'
       from generate_series(1, 120) n`,
    ],
    [
      '/applications/paged1/errors/',
      'id',
      `insert into client_errors (client_id, happened_at, endpoint, error, reason)
       select 'paged1', now(), 'token', 'invalid_grant', 'other' from generate_series(1, 120) n`,
    ],
    [
      '/grants/?application=paged1',
      'id',
      `insert into grants (id, user_id, client_id, scopes, created_at, expires_at)
       select 'paged' || n, 'u' || lpad(n::text, 3, '0'), 'paged1', '{read}',
         now() + n % 40 * interval '1 microsecond', now() + interval '1 day'
       from generate_series(1, 120) n`,
    ],
    [
      '/resource-servers/',
      'client_id',
      `insert into resource_servers (client_id, name, created_at)
       select 'paged' || n, 'API', now() + n % 40 * interval '1 microsecond'
       from generate_series(1, 120) n`,
    ],
    [
      '/operator-tokens/',
      'id',
      `insert into operator_tokens (id, name, token_hash, last_four, rights, created_by)
       select 't' || n, 'paged' || n, sha256(n::text::bytea), '1234', '{read}', 'cli'
       from generate_series(1, 120) n`,
    ],
    [
      '/deletions/?finished=true',
      'id',
      `insert into deletions (kind, subject, finished_at)
       select 'user', 'paged' || n, now() from generate_series(1, 120) n`,
    ],
    [
      '/blocked-hosts/',
      'host',
      `insert into blocked_client_hosts (host, reason)
       select 'h' || n || '.example', 'x' from generate_series(1, 120) n`,
    ],
    [
      '/directory/organizers/',
      'slug',
      `insert into organizers (slug, name) select 'zpaged' || n, '"P"' from generate_series(1, 120) n`,
    ],
    [
      '/directory/organizers/zpaged1/teams/',
      'id',
      `insert into teams (organizer_slug, id) select 'zpaged1', 't' || n
       from generate_series(1, 120) n`,
    ],
  ];

  for (const [path, key, text] of FILL) {
    test(`${path}: all pages together are complete`, async () => {
      await sql.raw(text).execute(server.database.db);
      const { count, next } = await list(path);
      assert.match(next ?? '', /&cursor=/);
      const found = await walk(path, key);
      assert.ok(count >= 120);
      assert.equal(found.length, count);
      assert.equal(new Set(found).size, count);
    });
  }
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

function grantRow(id: string, userId: string, clientId: string) {
  return {
    id,
    user_id: userId,
    client_id: clientId,
    scopes: ['read'],
    expires_at: new Date(Date.now() + 86_400_000),
  };
}
