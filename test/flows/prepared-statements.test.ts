import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery, sql } from 'kysely';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createGroupCommit } from '../../src/db/group-commit.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { warnOfConnection } from '../../src/server/warn-of-connection.ts';
import { stagedoorHere } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createPlatform } from '../support/factories.ts';
import { authorize, signedIn } from '../support/flow.ts';
import { type PgBouncer, startPgBouncer, whyNoPgBouncer } from '../support/pgbouncer.ts';
import { startServer } from '../support/server.ts';
import { exchange, introspect, refresh } from '../support/tokens.ts';

const STATEMENTS = ['select $1::int as value', 'select $1::int + 1 as value'];

let testDatabase: TestDatabase;
before(async () => {
  testDatabase = await createTestDatabase();
});
after(() => testDatabase.drop());

function open(url: string, prepare?: boolean, connections = 1): Promise<Database> {
  const given = prepare === undefined ? {} : { prepare };
  return openDatabase({ url, dataDir: '', connections, queryTimeout: 5_000, ...given });
}

/** Returns the statements that the connection has prepared. */
async function prepared({ db }: Database): Promise<{ name: string; statement: string }[]> {
  const query = sql<{ name: string; statement: string }>`
    select name, statement from pg_prepared_statements`;
  return (await query.execute(db)).rows;
}

describe('Prepared statements', () => {
  test('are named by a hash of their text, in any order of execution', async () => {
    const database = await open(testDatabase.url);
    try {
      for (const text of [...STATEMENTS, ...STATEMENTS]) {
        await database.read(text, [1]);
      }
      await database.db.executeQuery(CompiledQuery.raw('select $1::int as other', [1]));
      const found = await prepared(database);
      assert.equal(found.length, 3);
      for (const { name, statement } of found) {
        const hash = createHash('sha256').update(statement).digest('hex');
        assert.equal(name, `s_${hash.slice(0, 32)}`);
      }
    } finally {
      await database.close();
    }
  });

  test('are not used if DATABASE_PREPARE is off', async () => {
    const database = await open(testDatabase.url, false);
    try {
      const [row] = await database.read<{ value: number }>(STATEMENTS[0] ?? '', [7]);
      assert.equal(row?.value, 7);
      assert.deepEqual(await prepared(database), []);
    } finally {
      await database.close();
    }
  });
});

describe('Connection pooler in transaction mode', { skip: whyNoPgBouncer }, () => {
  let pooler: PgBouncer;
  before(async () => {
    pooler = await startPgBouncer(testDatabase.url, 3);
  });
  after(() => pooler.close());

  async function poolerFinding(environment: Record<string, string>) {
    const given = { DATABASE_URL: pooler.url, ...environment };
    const { out } = await stagedoorHere(given, ['doctor', '--json']);
    const { checks }: { checks: { check: string; state: string }[] } = JSON.parse(out);
    return checks.find(({ check }) => check === 'pooler')?.state;
  }

  test('works for two processes without prepared statements', async () => {
    const databases = await Promise.all([open(pooler.url, false, 10), open(pooler.url, false, 10)]);
    try {
      const answers = databases.flatMap((database) =>
        Array.from({ length: 60 }, async (_, at) => {
          const text = STATEMENTS[at % 2] ?? '';
          const { rows } = await inTransaction(database.db, (tx) =>
            tx.executeQuery<{ value: number }>(CompiledQuery.raw(text, [at])),
          );
          assert.equal(rows[0]?.value, at + (at % 2));
        }),
      );
      await Promise.all(answers);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
  });

  test('has the limits of the server in its transactions, and keeps none of them', async () => {
    const database = await open(pooler.url, false);
    const limit = sql<{ lock_timeout: string }>`show lock_timeout`;
    try {
      const inside = await inTransaction(database.db, (tx) => limit.execute(tx));
      const outside = await limit.execute(database.db);
      assert.deepEqual(
        [inside.rows[0], outside.rows[0]],
        [{ lock_timeout: '2s' }, { lock_timeout: '0' }],
      );
    } finally {
      await database.close();
    }
  });

  test('has the limits of the server in short statements, too', async () => {
    const database = await open(pooler.url, false);
    const settings = `select current_setting('lock_timeout') as limit,
      current_setting('enable_seqscan') as scans where $1::int = 1`;
    try {
      for (const run of [database.lookUp, database.write]) {
        assert.deepEqual(await run(settings, [1]), [{ limit: '1500ms', scans: 'off' }]);
        await assert.rejects(run('select 1 / $1::int', [0]), { code: '22012' });
      }
      assert.deepEqual(await database.read(settings, [1]), [{ limit: '0', scans: 'on' }]);
    } finally {
      await database.close();
    }
  });

  test('has them in statements that are committed together', async () => {
    // With one connection of each, also a PgBouncer that does not track prepared statements keeps them.
    const single = await startPgBouncer(testDatabase.url, 1);
    const group = createGroupCommit(await connectionOptions(single.url), 1, {
      statement_timeout: 4_000,
      lock_timeout: 3_000,
    });
    const text = `select 12 / $1::int as value, current_setting('lock_timeout') as limit,
      pg_current_xact_id()::text as transaction`;
    const run = (value: number) =>
      group.run<{ value: number; limit: string; transaction: string }>(text, [value]);
    try {
      await run(1);
      const [[one], failed, [three]] = await Promise.all([
        run(1),
        run(0).catch(({ code }) => code),
        run(3),
      ]);
      assert.deepEqual([one?.value, failed, three?.value], [12, '22012', 4]);
      assert.deepEqual([one?.limit, three?.limit], ['3s', '3s']);
      assert.equal(one?.transaction, three?.transaction);
    } finally {
      await group.close();
      await single.close();
    }
  });

  test('serves consent, introspection and parallel refreshes', async () => {
    const server = await startServer({ DATABASE_URL: pooler.url, DATABASE_PREPARE: '0' });
    try {
      const { application, resourceServer, ada: user } = await createPlatform(server);
      const agent = await signedIn(server, user);
      const refreshed = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const parameters = { prompt: 'consent' };
          const code = await authorize(server, { application, user, agent, parameters });
          const { body } = await exchange(server, application, code);
          return refresh(server, application, body.refresh_token ?? '');
        }),
      );
      for (const { status, body } of refreshed) {
        assert.equal(status, 200);
        const answer = await introspect(server, resourceServer, body.access_token ?? '');
        assert.equal(answer.body.active, true);
      }
    } finally {
      await server.close();
    }
  });

  test('is detected by the doctor, which tests support for prepared statements', async () => {
    assert.equal(await poolerFinding({ DATABASE_PREPARE: '0' }), 'ok');
    // PgBouncer does not support them before version 1.21, or with max_prepared_statements=0.
    const state = (await poolerFinding({ DATABASE_PREPARE: '1' })) ?? '';
    assert.match(state, /^(ok|fail)$/);
    const logged: unknown[] = [];
    const log = { error: (entry: unknown) => logged.push(entry), warn: () => {} };
    await warnOfConnection({ databaseUrl: pooler.url, databasePrepare: true }, log);
    assert.equal(logged.length, state === 'fail' ? 1 : 0);
  });
});
