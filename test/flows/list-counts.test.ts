import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { APPLICATION_KINDS } from '../../src/applications/application.ts';
import { listApplications } from '../../src/applications/store.ts';
import { compactListChanges } from '../../src/db/list-changes.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { callManagement } from '../support/platform.ts';

let server: ManagementServer;
before(async () => {
  server = await startManagementServer();
});
after(() => server.close());

const run = (text: string) => sql.raw(text).execute(server.database.db);

test('Applications of each kind and state are counted exactly after every change', async () => {
  const { db } = server.database;
  const any = [undefined, true, false];
  const assertExact = async (when: string) => {
    const { rows } = await sql<{ kind: string; reviewed: boolean; suspended: boolean; n: number }>`
      select kind, reviewed_at is not null as reviewed, suspended_at is not null as suspended,
        count(*)::int as n
      from applications group by 1, 2, 3
    `.execute(db);
    for (const kind of [undefined, ...APPLICATION_KINDS]) {
      for (const [reviewed, suspended] of any.flatMap((a) => any.map((b) => [a, b]))) {
        const expected = rows
          .filter((row) => row.kind === (kind ?? row.kind))
          .filter((row) => row.reviewed === (reviewed ?? row.reviewed))
          .filter((row) => row.suspended === (suspended ?? row.suspended))
          .reduce((sum, { n }) => sum + n, 0);
        const filters = { kind, reviewed, suspended };
        const { count } = await listApplications(db, { limit: 1, offset: 0 }, filters);
        assert.equal(count, expected, `${JSON.stringify(filters)} ${when}`);
      }
    }
  };
  await assertExact('at first');
  await run(`insert into applications (client_id, kind, name, client_type, redirect_uris, scopes, reviewed_at)
    select 'a' || n, (array['registered', 'metadata_document', 'dynamic'])[1 + n % 3], 'App',
      'public', '{}', '{read}', case when n % 2 = 0 then now() end
    from generate_series(1, 60) n`);
  await assertExact('after insertions');
  await run(`update applications set suspended_at = now() where client_id like 'a1%'`);
  await run(`update applications set reviewed_at = null where client_id like 'a2%'`);
  await run(
    `update applications set suspended_at = null, reviewed_at = now() where client_id = 'a11'`,
  );
  await run(`update applications set description = 'x'`);
  await assertExact('after changes');
  await compactListChanges(db, 1_000);
  await run(`delete from applications where client_id like 'a3%'`);
  await assertExact('after compaction and deletions');
});

test('Grants of an organizer are counted once for a walk over the pages', async () => {
  await run(`insert into organizers (slug, name) values ('red', '"Red"')`);
  await run(`insert into users (id, email, email_key) values ('ada', 'a@e.com', 'a@e.com')`);
  const add = async (from: number, to: number) => {
    await run(`insert into grants (id, user_id, client_id, scopes, expires_at)
      select 'g' || n, 'ada', 'a1', '{read}', now() + interval '1 day'
      from generate_series(${from}, ${to}) n`);
    await run(`insert into grant_organizers select 'g' || n, 'red'
      from generate_series(${from}, ${to}) n`);
  };
  const get = async (path: string): Promise<{ count?: unknown; next?: unknown }> =>
    Object((await callManagement(server, 'GET', path)).body);
  const pathOf = (link: unknown) => {
    const { pathname, search } = new URL(String(link));
    return `${pathname}${search}`;
  };
  await add(1, 130);
  const path = '/api/v1/grants/?organizer=red&active=true';
  const first = await get(path);
  assert.equal(first.count, 130);
  await add(131, 140);
  const second = pathOf((await get(pathOf(first.next))).next);
  assert.equal((await get(pathOf(first.next))).count, 130);
  assert.equal((await get(second)).count, 130);
  assert.equal((await get(path)).count, 140);
  // A number that is older than ten minutes, or from the future, is not used.
  const url = new URL(second, 'http://localhost');
  const cursor = JSON.parse(
    Buffer.from(url.searchParams.get('cursor') ?? '', 'base64url').toString(),
  );
  for (const [age, count] of [
    [500_000, 130],
    [700_000, 140],
    [-60_000, 140],
  ] as const) {
    const aged = [...cursor.slice(0, -1), { count: 130, at: Date.now() - age }];
    url.searchParams.set('cursor', Buffer.from(JSON.stringify(aged)).toString('base64url'));
    assert.equal((await get(`${url.pathname}${url.search}`)).count, count, String(age));
  }
});
