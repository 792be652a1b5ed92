import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { prepared } from '../support/fixture.ts';
import { startManagementServer } from '../support/management-server.ts';
import { callManagement, manage } from '../support/platform.ts';

const server = prepared(startManagementServer, (one) => one.close());

const call = (method: string, path: string, body?: unknown) =>
  callManagement(server, method, `/api/v1${path}`, body);
const actions = async () =>
  (
    await server.database.db
      .selectFrom('audit_events')
      .select('action')
      .where('action', '<>', 'stagedoor.operator.called')
      .orderBy('id')
      .execute()
  ).map((event) => event.action);

const ADA = { email: 'ada@example.com', full_name: 'Ada', locale: 'de', timezone: 'Europe/Berlin' };
const STAFF = { name: 'Staff', permissions: ['can_view_orders'], members: ['ada', 'ben'] };
const ALL_EVENTS = { all_events: true, limit_events: [] };

describe('Directory API', () => {
  test('the first PUT of each object returns 201', async () => {
    const ada = await call('PUT', '/users/ada/', { ...ADA, password: 'correct horse' });
    assert.equal(ada.status, 201);
    assert.deepEqual(ada.body, { id: 'ada', ...ADA, is_active: true, is_operator: false });
    assert.match(ada.headers.get('content-type') ?? '', /^application\/json/);
    const ben = await call('PUT', '/users/ben/', { email: 'ben@example.com' });
    assert.deepEqual(ben.body, {
      id: 'ben',
      email: 'ben@example.com',
      full_name: '',
      locale: '',
      timezone: 'UTC',
      is_active: true,
      is_operator: false,
    });
    const name = { en: 'Red', de: 'Rot' };
    const red = await call('PUT', '/directory/organizers/red/', { name });
    assert.equal(red.status, 201);
    assert.deepEqual(red.body, { slug: 'red', name });
    assert.equal((await call('PUT', '/directory/organizers/blue', { name: 'Blue' })).status, 201);
    const team = await call('PUT', '/directory/organizers/red/teams/staff/', STAFF);
    assert.equal(team.status, 201);
    assert.deepEqual(team.body, { id: 'staff', ...STAFF, ...ALL_EVENTS });
  });

  test('all objects can be read', async () => {
    assert.deepEqual((await call('GET', '/users/ada/')).body, {
      id: 'ada',
      ...ADA,
      is_active: true,
      is_operator: false,
    });
    const users = await manage(server, 'GET', '/api/v1/users/');
    assert.deepEqual(Reflect.get(Object(users), 'count'), 2);
    assert.deepEqual((await call('GET', '/directory/organizers/')).body, {
      count: 2,
      next: null,
      previous: null,
      results: [
        { slug: 'blue', name: 'Blue' },
        { slug: 'red', name: { en: 'Red', de: 'Rot' } },
      ],
    });
    assert.deepEqual((await call('GET', '/directory/organizers/red/teams/')).body, {
      count: 1,
      next: null,
      previous: null,
      results: [{ id: 'staff', ...STAFF, ...ALL_EVENTS }],
    });
    assert.deepEqual((await call('GET', '/directory/organizers/red/teams/staff')).body, {
      id: 'staff',
      ...STAFF,
      ...ALL_EVENTS,
    });
    assert.equal((await call('HEAD', '/users/ada/')).status, 200);
  });

  test('repeating each PUT returns 200, changes nothing and logs nothing', async () => {
    const before = await actions();
    const everything: [string, unknown][] = [
      ['/users/ada/', { ...ADA, password: 'correct horse' }],
      ['/users/ada/', ADA],
      ['/users/ben/', { email: ' ben@example.com ', unknown_field: 1 }],
      ['/directory/organizers/red/', { name: { de: 'Rot', en: 'Red' } }],
      ['/directory/organizers/red/teams/staff/', { ...STAFF, members: ['ben', 'ada', 'ben'] }],
    ];
    for (const [path, body] of everything) {
      assert.equal((await call('PUT', path, body)).status, 200, path);
    }
    assert.deepEqual(await actions(), before);
    assert.deepEqual(
      before,
      ['user', 'user', 'organizer', 'organizer', 'team'].map(
        (what) => `stagedoor.directory.${what}.changed`,
      ),
    );
  });

  test('a changed PUT replaces the object, and logs the changed fields and both e-mail addresses', async () => {
    const ada = await call('PUT', '/users/ada/', { email: 'ada@example.org', password: 'better' });
    assert.deepEqual([ada.status, Reflect.get(Object(ada.body), 'full_name')], [200, '']);
    const team = await call('PUT', '/directory/organizers/red/teams/staff/', {
      name: 'Crew',
      permissions: ['can_change_orders', 'can_view_orders', 'can_change_orders'],
      members: ['ben'],
    });
    assert.deepEqual(team.body, {
      id: 'staff',
      name: 'Crew',
      permissions: ['can_view_orders', 'can_change_orders'],
      ...ALL_EVENTS,
      members: ['ben'],
    });
    assert.deepEqual((await call('GET', '/directory/organizers/red/teams/staff/')).body, team.body);
    const events = await server.database.db
      .selectFrom('audit_events')
      .select(['action', 'actor', 'user_id', 'data'])
      .where('action', '<>', 'stagedoor.operator.called')
      .orderBy('id', 'desc')
      .limit(2)
      .execute();
    assert.deepEqual(events, [
      {
        action: 'stagedoor.directory.team.changed',
        actor: 'operator:bootstrap',
        user_id: null,
        data: {
          organizer: 'red',
          team: 'staff',
          name: 'Crew',
          changed: ['name', 'permissions', 'members'],
        },
      },
      {
        action: 'stagedoor.directory.user.changed',
        actor: 'operator:bootstrap',
        user_id: 'ada',
        data: {
          changed: ['email', 'fullName', 'locale', 'timezone', 'password'],
          email_before: 'ada@example.com',
          email_after: 'ada@example.org',
        },
      },
    ]);
  });

  test('a team for single events: sorted slugs, logged once, for all events again without them', async () => {
    const path = '/directory/organizers/red/teams/door/';
    const limited = { all_events: false, limit_events: ['winter', '__proto__', 'a.b-c', 'winter'] };
    const sorted = { all_events: false, limit_events: ['__proto__', 'a.b-c', 'winter'] };
    const team = { name: 'Door', permissions: [], members: [] };
    const put = (more: object) => call('PUT', path, { ...team, ...more });
    assert.equal((await put({})).status, 201);
    assert.deepEqual((await put(limited)).body, { id: 'door', ...team, ...sorted });
    assert.deepEqual((await call('GET', path)).body, { id: 'door', ...team, ...sorted });
    await put(sorted);
    await put({ ...limited, limit_events: [] });
    assert.deepEqual((await put({})).body, { id: 'door', ...team, ...ALL_EVENTS });
    const entries = await server.database.db
      .selectFrom('audit_events')
      .select(sql<string[]>`data -> 'changed'`.as('changed'))
      .where(sql`data ->> 'team'`, '=', 'door')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      entries.map(({ changed }) => changed),
      [['created'], ['all_events', 'limit_events'], ['limit_events'], ['all_events']],
    );
    await call('DELETE', path);
  });

  test('PATCH changes the given fields; null deletes a password', async () => {
    const hash = async () =>
      (
        await server.database.db
          .selectFrom('users')
          .select('password_hash')
          .where('id', '=', 'ada')
          .executeTakeFirst()
      )?.password_hash;
    const known = await hash();
    const patched = await call('PATCH', '/users/ada/', { full_name: 'Ada Example' });
    assert.deepEqual(patched.body, {
      id: 'ada',
      email: 'ada@example.org',
      full_name: 'Ada Example',
      locale: '',
      timezone: 'UTC',
      is_active: true,
      is_operator: false,
    });
    assert.equal(await hash(), known);
    await call('PATCH', '/users/ada/', { password: null });
    assert.equal(await hash(), null);
    assert.equal((await call('PATCH', '/users/ada/', {})).status, 200);
    assert.equal((await call('PATCH', '/users/nobody/', {})).status, 404);
  });

  test('DELETE returns 204, then 404, and is logged', async () => {
    const paths = [
      '/directory/organizers/red/teams/staff/',
      '/directory/organizers/red/',
      '/users/ben/',
    ];
    for (const path of paths) {
      const deleted = await call('DELETE', path);
      assert.deepEqual([deleted.status, deleted.body], [204, undefined], path);
      for (const method of ['DELETE', 'GET']) {
        const again = await call(method, path);
        assert.deepEqual([again.status, again.body], [404, { detail: 'Not found.' }], path);
      }
    }
    assert.deepEqual((await actions()).slice(-3), [
      'stagedoor.directory.team.deleted',
      'stagedoor.directory.organizer.deleted',
      'stagedoor.directory.user.deleted',
    ]);
  });
});

describe('Parallel calls of the directory API', () => {
  test('creating users with one new e-mail address: exactly one succeeds', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        call('PUT', `/users/racer${n}/`, {
          email: n % 2 === 0 ? 'racer@example.com' : 'RACER@Example.com',
        }),
      ),
    );
    assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
    for (const answer of answers.filter((one) => one.status !== 201)) {
      assert.equal(answer.status, 400);
      assert.deepEqual(answer.body, { email: ['This e-mail address is already in use.'] });
    }
  });

  test('PUT of the same user, organizer or team: one creates it, none fails', async () => {
    const statuses = async (path: string, body: (n: number) => unknown) =>
      (await Promise.all(Array.from({ length: 20 }, (_, n) => call('PUT', path, body(n))))).map(
        (answer) => answer.status,
      );
    const created = (all: number[]) => {
      assert.deepEqual(all.toSorted(), [...Array<number>(19).fill(200), 201]);
    };
    created(await statuses('/users/same/', (n) => ({ email: `same${n}@example.com` })));
    created(await statuses('/directory/organizers/same/', (n) => ({ name: `Same ${n}` })));
    created(
      await statuses('/directory/organizers/same/teams/same/', (n) => ({
        members: n % 2 === 0 ? ['same'] : ['same', 'ada'],
      })),
    );
  });

  test('changing a team while its members are deleted: no server error', async () => {
    await call('PUT', '/directory/organizers/busy/', { name: 'Busy' });
    const ids = Array.from({ length: 10 }, (_, n) => `member${n}`);
    for (const id of ids) {
      await call('PUT', `/users/${id}/`, { email: `${id}@example.com` });
    }
    const path = '/directory/organizers/busy/teams/all/';
    await call('PUT', path, { members: ids });
    const answers = await Promise.all(
      ids.flatMap((id, n) => [
        call('DELETE', `/users/${id}/`),
        call('PUT', path, { members: n % 2 === 0 ? ids.toReversed() : ids.slice(n) }),
      ]),
    );
    for (const { status, body } of answers) {
      assert.ok([200, 204, 400].includes(status), `${status} ${JSON.stringify(body)}`);
    }
  });
});

test('Lists have pages of 50', async () => {
  const { db } = server.database;
  const slugs = Array.from({ length: 101 }, (_, n) => `page${String(n).padStart(3, '0')}`);
  await db.deleteFrom('organizers').execute();
  await db
    .insertInto('organizers')
    .values(slugs.map((slug) => ({ slug, name: JSON.stringify(slug) })))
    .execute();
  const path = '/directory/organizers/';
  const url = 'https://login.example.com/api/v1/directory/organizers/';
  const page = async (query: string) => {
    const { body } = await call('GET', path + query);
    const { next, previous, ...others } = Object(body);
    return { ...others, next: withoutCursor(next), previous: withoutCursor(previous) };
  };
  const withoutCursor = (link: string | null) => link?.replace(/&cursor=[\w-]+$/, '') ?? null;
  const of = (from: number, to: number) =>
    slugs.slice(from, to).map((slug) => ({ slug, name: slug }));
  assert.deepEqual(await page('?x=1'), {
    count: 101,
    next: `${url}?x=1&page=2`,
    previous: null,
    results: of(0, 50),
  });
  assert.deepEqual(await page('?page=2'), {
    count: 101,
    next: `${url}?page=3`,
    previous: url,
    results: of(50, 100),
  });
  assert.deepEqual(await page('?page=3&x=%0a'), {
    count: 101,
    next: null,
    previous: `${url}?x=%0A&page=2`,
    results: of(100, 101),
  });
  for (const query of ['0', '-1', '4', 'x', '', '1.5', '999999999', '9'.repeat(40), '%00']) {
    const answer = await call('GET', `${path}?page=${query}`);
    assert.deepEqual([answer.status, answer.body], [404, { detail: 'Invalid page.' }], query);
  }
});
