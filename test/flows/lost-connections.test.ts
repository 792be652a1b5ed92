import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { createServerChoice } from '../../src/db/choose-server.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createGroupCommit } from '../../src/db/group-commit.ts';
import { createPipeline } from '../../src/db/pipeline.ts';
import { createPool } from '../../src/db/pool.ts';
import { isUnreachable } from '../../src/db/unreachable.ts';
import { toHttpError } from '../../src/http/http-error.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { messageOf } from '../support/postgres-message.ts';

const NO_LIMITS = { statement_timeout: 0, lock_timeout: 0 };

let testDatabase: TestDatabase;
let admin: Database;
/** Errors that would end a separate server process, and warnings. */
const complaints: Error[] = [];
const complain = (error: Error) => complaints.push(error);

before(async () => {
  process.on('uncaughtExceptionMonitor', complain);
  process.on('warning', complain);
  testDatabase = await createTestDatabase();
  admin = await open();
  await admin.read('create table changing (id int, value int)', []);
});
afterEach(() => assert.deepEqual(complaints.splice(0), []));
after(async () => {
  await admin.close();
  await testDatabase.drop();
  process.off('uncaughtExceptionMonitor', complain);
  process.off('warning', complain);
});

const open = (url = testDatabase.url) =>
  openDatabase({ url, dataDir: '', connections: 2, queryTimeout: 5_000 });

const optionsOf = (name: string) => ({
  connectionString: testDatabase.url,
  application_name: name,
});

/** Waits until PostgreSQL has no connection of a name. */
async function assertNoneLeft(name: string): Promise<void> {
  const text = 'select from pg_stat_activity where application_name = $1';
  for (let attempt = 0; (await admin.read(text, [name])).length > 0; attempt += 1) {
    assert.ok(attempt < 1_000, `${name}: a connection is left`);
    await turn();
  }
}

/** Returns the statuses with which requests would be answered. */
async function statusesOf(works: readonly Promise<unknown>[]): Promise<number[]> {
  const outcomes = await Promise.allSettled(works);
  return outcomes.map((one) => (one.status === 'fulfilled' ? 200 : toHttpError(one.reason).status));
}

const times = <T>(count: number, work: () => T) => Array.from({ length: count }, work);

describe('A connection that cannot be used', () => {
  for (const [kind, create] of Object.entries({
    'of the pool': createPool,
    'of a pipeline': createPipeline,
  })) {
    it(`${kind} is closed if its settings are refused`, async () => {
      const name = `refused ${kind}`;
      const { run } = create(optionsOf(name), 1, { ...NO_LIMITS, statement_timeout: -1 });
      await assert.rejects(run('select 1', []), /statement_timeout/);
      await assertNoneLeft(name);
    });
  }

  it('is closed with the database, whatever it was used for', async () => {
    const name = 'closed';
    const url = new URL(testDatabase.url);
    url.searchParams.set('application_name', name);
    const database = await open(url.href);
    await database.read('select 1', []);
    await database.close();
    await assertNoneLeft(name);
  });

  it('makes requests end with 503 if the server refuses it', async () => {
    for (const change of [{ pathname: '/missing' }, { username: 'missing' }]) {
      const url = new URL(testDatabase.url);
      Object.assign(url, change);
      const database = await open(url.href);
      const works = [database.ping(), database.lookUp('select 1', []), database.write('', [])];
      assert.deepEqual(await statusesOf(works), [503, 503, 503]);
      await database.close();
    }
  });

  it('is closed once, with however many statements', async () => {
    const slow = createPipeline({ ...optionsOf('slow'), query_timeout: 100 }, 1, NO_LIMITS);
    const late = await Promise.allSettled(times(30, () => slow.run('select pg_sleep(20)', [])));
    assert.ok(late.every((one) => one.status === 'rejected' && isUnreachable(one.reason)));
    await slow.close();
    const readOnly = { ...optionsOf('read-only'), options: '-c default_transaction_read_only=on' };
    const writes = createGroupCommit(readOnly, 1, NO_LIMITS);
    const works = times(30, () => writes.run('insert into changing values ($1)', [1]));
    assert.ok((await statusesOf(works)).every((status) => status === 503));
    await writes.close();
  });
});

describe('A prepared statement', () => {
  for (const [kind, create] of Object.entries({
    'of a pipeline': createPipeline,
    'of a group commit': createGroupCommit,
  })) {
    it(`${kind} that could not be prepared in time fails with 503 for all requests`, async () => {
      const { run, close } = create(optionsOf('locked'), 1, { ...NO_LIMITS, lock_timeout: 50 });
      const insert = () => run('insert into changing (id) values ($1::int) returning id', [1]);
      await run('select 1', []);
      const statuses = await admin.db.transaction().execute(async (tx) => {
        await tx.executeQuery(CompiledQuery.raw('lock table changing'));
        return statusesOf(times(8, insert));
      });
      assert.deepEqual(
        statuses,
        times(8, () => 503),
      );
      assert.deepEqual(
        await Promise.all(times(8, insert)),
        times(8, () => [{ id: 1 }]),
      );
      await close();
    });

    it(`${kind} whose columns changed type fails with 503, and then works`, async () => {
      const { run, close } = create(optionsOf('changed'), 1, NO_LIMITS);
      const insert = () =>
        run<{ value: unknown }>('insert into changing (value) values ($1) returning value', [7]);
      await Promise.all(times(20, insert));
      await admin.read('alter table changing alter column value type text', []);
      const works = times(8, insert);
      assert.ok((await statusesOf(works)).every((status) => status === 503));
      assert.deepEqual(
        await Promise.all(times(8, insert)),
        times(8, () => [{ value: '7' }]),
      );
      await close();
      await admin.read('alter table changing alter column value type int using value::int', []);
    });
  }
});

describe('The choice among several servers', () => {
  it('does not wait for the end of the connection that was only asked', async () => {
    const sockets: Socket[] = [];
    const row = Buffer.concat([
      messageOf('T', '\0\x01readonly\0\0\0\0\0\0\0\0\0\0\x10\0\x01\xff\xff\xff\xff\0\0'),
      messageOf('D', '\0\x01\0\0\0\x01f'),
      messageOf('C', 'SELECT 1\0'),
      messageOf('Z', 'I'),
    ]);
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.once('data', () => {
        socket.write(Buffer.concat([messageOf('R', '\0\0\0\0'), messageOf('Z', 'I')]));
        socket.once('data', () => socket.write(row));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const choose = createServerChoice([{ host: '127.0.0.1', port, user: 'u', password: '' }]);
    try {
      assert.deepEqual(await choose(), { host: '127.0.0.1', port });
    } finally {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    }
  });
});
