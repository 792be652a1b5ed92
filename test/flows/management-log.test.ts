import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { prepared } from '../support/fixture.ts';
import { startManagementServer } from '../support/management-server.ts';
import { callManagement, manage } from '../support/platform.ts';

const server = prepared(startManagementServer, (one) => one.close());

const entries = z.object({
  count: z.number(),
  results: z.array(
    z.object({
      id: z.string(),
      happened_at: z.iso.datetime(),
      action: z.string(),
      actor: z.string(),
      user: z.string().nullable(),
      application: z.string().nullable(),
      grant: z.string().nullable(),
      ip: z.string().nullable(),
      user_agent: z.string().nullable(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});
const read = async (query = '') => {
  const answer = await callManagement(server, 'GET', `/api/v1/logentries/${query}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return { ...entries.parse(answer.body), generated: answer.headers.get('x-page-generated') ?? '' };
};
const CHANGED = 'stagedoor.directory.user.changed';
const CALLED = 'stagedoor.operator.called';
const callsOf = async () => {
  const { results } = await read(`?action=${CALLED}&ordering=happened_at`);
  return results.map(({ data }) => `${data.method} ${data.path} ${data.status} x${data.calls}`);
};

describe('Log in the management API', () => {
  test('entries are newest first, and filtered by user and action', async () => {
    await manage(server, 'PUT', '/api/v1/users/ada/', { email: 'ada@example.com' });
    await manage(server, 'PUT', '/api/v1/users/ben/', { email: 'ben@example.com' });
    await manage(server, 'PATCH', '/api/v1/users/ada/', { full_name: 'Ada' });
    const { count, results } = await read(`?action=${CHANGED}`);
    assert.equal(count, 3);
    assert.deepEqual(
      results.map(({ user, actor, data }) => [user, actor, data]),
      [
        ['ada', 'operator:bootstrap', { changed: ['fullName'] }],
        ['ben', 'operator:bootstrap', { changed: ['created'] }],
        ['ada', 'operator:bootstrap', { changed: ['created'] }],
      ],
    );
    assert.equal((await read('?user=ada')).count, 2);
    assert.equal((await read(`?user=ada&action=${CALLED}`)).count, 0);
    assert.equal((await read('?user=&action=&modified_since=')).count, 9);
    const oldest = await read('?ordering=happened_at');
    assert.equal(oldest.results[0]?.user, 'ada');
    assert.equal((await read('?action=stagedoor.unheard.of')).count, 0);
  });

  test('modified_since selects entries by time, across days and within one', async () => {
    const { db } = server.database;
    const days = ['2026-01-01T10:00:00Z', '2026-01-01T23:59:59.999Z', '2026-01-02T00:00:00Z'];
    await db
      .insertInto('audit_events')
      .values(
        days.map((day) => ({
          happened_at: new Date(day),
          action: 'stagedoor.user.signed_in',
          actor: 'user:old',
          user_id: 'old',
          data: '{}',
        })),
      )
      .execute();
    const since = async (moment: string, more = '') =>
      (await read(`?action=stagedoor.user.signed_in&modified_since=${moment}${more}`)).count;
    assert.equal(await since('2025-12-31T00:00:00Z'), 3);
    assert.equal(await since('2026-01-01T10:00:00Z'), 3);
    assert.equal(await since('2026-01-01T10:00:00.001Z'), 2);
    assert.equal(await since('2026-01-01T11:30:00+01:00'), 2, 'an unencoded plus sign');
    assert.equal(await since('2026-01-01T11:30:00%2B01:00'), 2);
    assert.equal(await since('2026-01-02T00:00:00Z'), 1);
    assert.equal(await since('2026-01-02T00:00:00Z', '&user=old'), 1);
    assert.equal(await since('2026-01-02T00:00:01Z'), 0);
    const all = await read('?modified_since=2000-01-01T00:00:00Z');
    assert.equal(all.count, all.results.length);
  });

  test('repeated reading with modified_since includes entries that a slow transaction commits late', async () => {
    const { db } = server.database;
    const { promise: commits, resolve: commit } = Promise.withResolvers<void>();
    const { promise: begun, resolve: hasBegun } = Promise.withResolvers<void>();
    const slow = db.transaction().execute(async (tx) => {
      await tx.selectFrom('users').select('id').execute();
      hasBegun();
      await commits;
      await tx
        .insertInto('audit_events')
        .values({ action: 'stagedoor.user.signed_in', actor: 'user:slow', data: '{}' })
        .execute();
    });
    await begun;
    await sleep(300);
    const { generated } = await read();
    commit();
    await slow;
    const { results } = await read(`?modified_since=${generated}`);
    assert.ok(results.some(({ actor }) => actor === 'user:slow'));
  });
});

describe('Logged API calls', () => {
  test('reading the log is logged with filters and number of entries', async () => {
    await server.endMinute();
    const program = { 'user-agent': 'exporter/1.0' };
    const path = '/api/v1/logentries/?user=ada&ordering=happened_at';
    const answers = [];
    for (let page = 0; page < 3; page += 1) {
      answers.push(await callManagement(server, 'GET', path, undefined, program));
    }
    const { results } = entries.parse(answers[0]?.body);
    await server.endMinute();
    const rows = await server.database.db
      .selectFrom('audit_events')
      .select('data')
      .where('user_agent', '=', 'exporter/1.0')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      rows.map(({ data }) => [data.calls, data.filters, data.entries]),
      [
        [1, { user: 'ada' }, results.length],
        [2, { user: 'ada' }, 2 * results.length],
      ],
    );
  });

  test('a change is logged with method, path, status and address, in its own transaction', async () => {
    const answer = await callManagement(
      server,
      'PUT',
      '/api/v1/users/cleo/',
      { email: 'cleo@example.com' },
      { 'user-agent': 'platform/1.0' },
    );
    assert.equal(answer.status, 201);
    const { results } = await read(`?action=${CALLED}`);
    const call = results.find(({ data }) => data.status === 201 && data.method === 'PUT');
    assert.deepEqual(call?.data, {
      token: 'bootstrap',
      method: 'PUT',
      path: '/api/v1/users/{id}/',
      status: 201,
      calls: 1,
    });
    assert.match(call?.ip ?? '', /127\.0\.0\.1$/);
    assert.equal(call?.user_agent, 'platform/1.0');
    const changed = (await read('?user=cleo')).results[0];
    assert.equal(call?.happened_at, changed?.happened_at);
  });

  test('calls without changes are counted per minute', async () => {
    const before = (await callsOf()).length;
    const paths = ['/users/ada/', '/users/ben/', '/users/nobody/', '/users/?ordering=x'];
    for (const path of [...paths, ...paths, ...paths]) {
      await callManagement(server, 'GET', `/api/v1${path}`);
    }
    for (let n = 0; n < 3; n += 1) {
      await manage(server, 'PUT', '/api/v1/users/ben/', { email: 'ben@example.com' });
    }
    assert.deepEqual((await callsOf()).slice(before).sort(), [
      'GET /api/v1/users/ 400 x1',
      'GET /api/v1/users/{id}/ 200 x1',
      'GET /api/v1/users/{id}/ 404 x1',
      'PUT /api/v1/users/{id}/ 200 x1',
    ]);
    await server.endMinute();
    assert.deepEqual(
      (await callsOf())
        .slice(before)
        .filter((call) => !call.endsWith('x1') && !call.includes('logentries'))
        .sort(),
      [
        'GET /api/v1/users/ 400 x2',
        'GET /api/v1/users/{id}/ 200 x5',
        'GET /api/v1/users/{id}/ 404 x2',
        'PUT /api/v1/users/{id}/ 200 x2',
      ],
    );
  });

  test('a call without a token is not logged', async () => {
    const before = (await callsOf()).length;
    const response = await fetch(`${server.issuer}/api/v1/users/`);
    assert.equal(response.status, 401);
    assert.equal((await callsOf()).length, before);
  });
});
