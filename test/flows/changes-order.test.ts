import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readFeed } from '../../src/changes/feed-view.ts';
import { markedPermissions } from '../../src/config/permissions.ts';
import { tokenSettings } from '../../src/tokens/introspect.ts';
import { readChanges } from '../support/changes/read-changes.ts';
import { cleanUp } from '../support/clean-up.ts';
import { putUser, type TestPlatform } from '../support/factories.ts';
import { startPlatform } from '../support/platform-server.ts';
import { seedTokens } from '../support/seed-tokens.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** A connection, or the server's own. */
interface Queryable {
  query(text: string, values: readonly unknown[]): Promise<unknown>;
}

describe('Changes feed and concurrent transactions', () => {
  let server: TestServer;
  /** A second server on the same database. */
  let second: TestServer;
  let platform: TestPlatform;
  let long: pg.Client;

  before(async () => {
    ({ server, platform } = await startPlatform());
    const { databaseUrl = '' } = server.config;
    second = await startServer({ DATABASE_URL: databaseUrl });
    for (const id of ['one', 'two', 'three']) {
      await putUser(server, { id });
    }
    long = new pg.Client({ connectionString: databaseUrl });
    await long.connect();
  });
  after(async () => {
    await long?.end();
    await second?.close();
    await server?.close();
  });

  const read = (cursor?: string, from = server) =>
    readChanges(from, platform.resourceServer, cursor);
  /** Reads for a quarter of a second and more. */
  const readOn = async (cursor: string) => {
    const seen: string[] = [];
    let next = cursor;
    for (const end = Date.now() + 300; Date.now() < end; ) {
      const { changes, cursor: following } = await read(next);
      seen.push(...changes);
      next = following;
    }
    return { seen, cursor: next };
  };
  const setActive = (client: Queryable, user: string) =>
    client.query('update users set is_active = not is_active where id = $1', [user]);
  const query = (text: string, values: readonly unknown[] = []) =>
    server.database.write(text, values);
  const inOneStatement: Queryable = { query };
  /** Waits for transactions that are older than the last change, of other databases of the server, too. */
  const olderTransactionsEnd = async () => {
    const isOpen = `select from changes where xid >= pg_snapshot_xmin(pg_current_snapshot())
      and xid < pg_snapshot_xmax(pg_current_snapshot())`;
    while ((await long.query(isOpen)).rows.length > 0) {
      await sleep(10);
    }
  };

  it('a transaction that commits after later ones: none is missed, and each is sent once', async () => {
    const { cursor } = await read();
    await long.query('begin');
    await setActive(long, 'one');
    await setActive(inOneStatement, 'two');
    const first = await readOn(cursor);
    assert.deepEqual(first.seen, ['user:two'], 'the open transaction is not visible');
    await setActive(inOneStatement, 'three');
    const next = await readOn(first.cursor);
    assert.deepEqual(next.seen, ['user:three']);
    await long.query('commit');
    assert.deepEqual((await readOn(next.cursor)).seen, ['user:one']);
  });

  it('a change that is rolled back is not sent', async () => {
    const { cursor } = await read();
    await long.query('begin');
    await setActive(long, 'one');
    await long.query('rollback');
    assert.deepEqual((await readOn(cursor)).seen, []);
  });

  it('a change in a savepoint has the ID of the whole transaction', async () => {
    const { cursor } = await read();
    await long.query('begin');
    await long.query('savepoint part');
    await setActive(long, 'one');
    await long.query('release savepoint part');
    const { cursor: meanwhile } = await readOn(cursor);
    await long.query('commit');
    assert.deepEqual((await readOn(meanwhile)).seen, ['user:one']);
  });

  it('cursors of one process are good at another, in either direction', async () => {
    let { cursor } = await read();
    for (const from of [second, server, second, server]) {
      await setActive(inOneStatement, 'one');
      const seen: string[] = [];
      while (seen.length === 0) {
        const answer = await read(cursor, from);
        seen.push(...answer.changes);
        ({ cursor } = answer);
      }
      assert.deepEqual(seen, ['user:one']);
    }
  });

  it('a server with other scopes or organizer-level permissions does not accept the cursor', async () => {
    const { cursor } = await read();
    for (const settings of [
      { SCOPES: JSON.stringify({ read: { text: 'Read' } }), DEFAULT_SCOPES: 'read' },
      { PERMISSIONS: markedPermissions(server.config).join().replaceAll('@organizer', '') },
    ]) {
      const other = await startServer({
        DATABASE_URL: server.config.databaseUrl ?? '',
        ...settings,
      });
      try {
        assert.deepEqual((await read(cursor, other)).changes, ['all']);
      } finally {
        await other.close();
      }
    }
  });

  it('many changes at once are sent as few', async () => {
    const { clientId } = platform.application;
    const grant = { userId: 'ada', clientId, organizers: [] };
    const tokens = await Promise.all(
      Array.from({ length: 150 }, () => seedTokens(server.database.db, grant)),
    );
    const { cursor } = await read();
    await query(`delete from grants where id = any($1)`, [tokens.map(({ grantId }) => grantId)]);
    assert.deepEqual((await readOn(cursor)).seen, [`application:${clientId}`]);
    const { cursor: next } = await read();
    await query(`insert into users (id, email, email_key)
      select 'many' || n, n || '@many.example', n || '@many.example' from generate_series(1, 200) n`);
    await query(`update users set is_active = false where id like 'many%'`);
    assert.deepEqual((await readOn(next)).seen, ['all']);
  });

  it('many new memberships: all has changed, because answers lack the new organizer', async () => {
    const { cursor } = await read();
    await query(`insert into users (id, email, email_key)
      select 'new' || n, n || '@new.example', n || '@new.example' from generate_series(1, 150) n`);
    await query(`insert into teams (organizer_slug, id) values ('redstage', 'large')`);
    await query(`insert into memberships (user_id, organizer_slug, team_id)
      select 'new' || n, 'redstage', 'large' from generate_series(1, 150) n`);
    assert.deepEqual((await readOn(cursor)).seen, ['all']);
    const { cursor: next } = await read();
    await query(`delete from memberships where team_id = 'large'`);
    assert.deepEqual((await readOn(next)).seen, ['organizer:redstage']);
  });

  it('emptied tables: all has changed', async () => {
    for (const table of ['access_tokens', 'memberships', 'resource_server_resources']) {
      const { cursor } = await read();
      await query(`truncate ${table}`);
      assert.deepEqual((await readOn(cursor)).seen, ['all'], table);
    }
  });

  it('a resource that is given to another API service: all has changed', async () => {
    await query(`insert into resource_servers (client_id, name) values ('a', 'A'), ('b', 'B')`);
    await query(`insert into resource_server_resources (key, uri, client_id, position)
      values ('https://a.example/', 'https://a.example/', 'a', 0)`);
    const { cursor } = await read();
    await query(`update resource_server_resources set client_id = 'b'`);
    assert.deepEqual((await readOn(cursor)).seen, ['all']);
  });

  it('rows that a dump brought from another server are not read, and are deleted', async () => {
    await query(`insert into changes (xid, change) values ('9000000000000000000', 'all')`);
    const { cursor } = await read();
    const { changes } = await read(cursor);
    assert.deepEqual(changes, []);
    await cleanUp(server, 'changes');
    const { rows } = await long.query(`select from changes where xid > '8000000000000000000'`);
    assert.equal(rows.length, 0);
  });

  it('a transaction of a thousand changes ends with one for all', async () => {
    const { cursor } = await read();
    await long.query('begin');
    for (let i = 0; i < 1_010; i += 1) {
      await long.query(`select note_changes(array['user:u${i}'], '{}')`);
    }
    await long.query('commit');
    assert.ok((await readOn(cursor)).seen.includes('all'));
    const { rows } = await long.query('select count(*)::int from changes group by xid');
    assert.ok(rows.some(({ count }) => count === 1_001));
  });

  it('changes are deleted after minutes, and older cursors are answered with all', async () => {
    const source = { database: server.database, settings: tokenSettings(server.config) };
    const oldest = await readFeed(source);
    const { cursor } = await read();
    await setActive(inOneStatement, 'one');
    await olderTransactionsEnd();
    const age = () => query(`update change_feed set moved_at = now() - interval '6 minutes'`);
    const changes = async () =>
      (await readFeed(source, { xmin: oldest.snapshot.xmin, text: '1:1:' })).changes;
    await age();
    await cleanUp(server, 'changes');
    assert.deepEqual(await changes(), ['user:one'], 'all readers could see it for minutes');
    await age();
    await cleanUp(server, 'changes');
    assert.equal(await changes(), undefined);
    // The memory of the process ends when no request comes for two seconds.
    await sleep(2_600);
    assert.deepEqual((await read(cursor)).changes, ['all']);
  });

  it('a database that was emptied by a crash: all has changed', async () => {
    const { cursor } = await read();
    // As crash recovery and promotion of a standby do with unlogged tables.
    await query('truncate changes, change_feed');
    assert.deepEqual((await readOn(cursor)).seen, ['all']);
  });
});
