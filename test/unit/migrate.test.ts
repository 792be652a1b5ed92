import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { FOLDER, listMigrations, readHeader } from '../../src/db/migration-files.ts';
import { assertSchema, readSchemaState } from '../../src/db/schema-state.ts';
import { splitStatements } from '../../src/db/split-statements.ts';
import { ENGINES } from '../support/engines.ts';
import { withDatabase } from '../support/fixture.ts';
import { untilBlocked } from '../support/until-blocked.ts';

/** Last migration before the rule that each states its kind in its first line. */
const LAST_WITHOUT_KIND = '0034';

/** Last migration before the rules about locks. */
const LAST_WITH_LONG_LOCKS = '0036';

/** Changed a table, too, before the rule about files that run outside a transaction. */
const WITH_OTHERS_OUTSIDE = '0047';

/** Migrations that no test database has: their file names begin after all others. */
const EXPAND = '9001_expand';
const CONTRACT = '9003_contract';
const PLAIN = '9004_plain';

for (const [engine, open] of Object.entries(ENGINES)) {
  describe(`Migrations on ${engine}`, () => {
    const database = withDatabase(open);
    let db: Db;
    let folder: string;

    before(async () => {
      db = database.db;
      await migrate(database);
    });
    beforeEach(async () => {
      await sql`delete from kysely_migration where name like '9%'`.execute(db);
      await sql`drop table if exists samples`.execute(db);
      await sql`create table samples (id integer, value integer)`.execute(db);
      folder = await mkdtemp(join(tmpdir(), 'stagedoor-migrations-'));
      await cp(FOLDER, folder, { recursive: true });
    });
    afterEach(() => rm(folder, { recursive: true }));

    const add = (name: string, text: string) => writeFile(join(folder, `${name}.sql`), text);
    /** Makes the database newer than this version. */
    const addNewer = async (name: string, header: string) => {
      await add(name, `${header}\nselect 1;`);
      await migrate(database, { folder });
    };

    it('each run in a transaction of their own', async () => {
      await add('9001_first', 'alter table samples add column first integer;');
      await add('9002_second', 'alter table samples add column second integer; select 1 / 0;');
      const failure = { code: 'migration_failed', message: /^Migration 9002_second failed: / };
      await assert.rejects(migrate(database, { folder }), failure);
      await sql`select first from samples`.execute(db);
      await assert.rejects(sql`select second from samples`.execute(db));
      await add('9002_second', 'alter table samples add column second integer;');
      assert.deepEqual(await migrate(database, { folder }), ['9002_second']);
    });

    it('create an index outside a transaction, also one that was interrupted', async () => {
      await sql`insert into samples values (1), (1)`.execute(db);
      const index = 'create unique index concurrently if not exists samples_id on samples (id);';
      await add(EXPAND, `-- expand, outside a transaction\n${index}`);
      await assert.rejects(migrate(database, { folder }), /could not create unique index/);
      await sql`update samples set id = 2 where ctid = '(0,1)'`.execute(db);
      assert.deepEqual(await migrate(database, { folder }), [EXPAND]);
      const { rows } = await sql`
        select indisvalid as valid from pg_index
        where indexrelid = 'samples_id'::regclass`.execute(db);
      assert.deepEqual(rows, [{ valid: true }]);
    });

    it('repeat the statement of a backfill until it changes no row', async () => {
      await sql`insert into samples select n from generate_series(1, 250) n`.execute(db);
      await add(
        EXPAND,
        `-- expand, outside a transaction
        /* repeat */ update samples set value = id
        where id in (select id from samples where value is null limit 100);`,
      );
      await migrate(database, { folder });
      const { rows } = await sql`select from samples where value is null`.execute(db);
      assert.equal(rows.length, 0);
    });

    it('of this version stop the start if it needs them, and may wait otherwise', async () => {
      await add(EXPAND, '-- expand\nselect 1;');
      await add('9002_contract', `-- contract after ${EXPAND}\nselect 1;`);
      assert.deepEqual(await assertSchema(db, 'migrate', folder), [EXPAND, '9002_contract']);
      await add(PLAIN, 'select 1;');
      const behind = { code: 'database_behind', message: /lacks 1 migration\(s\): 9004_plain\. / };
      await assert.rejects(assertSchema(db, 'migrate', folder), behind);
      await add(PLAIN, '-- expand, needed at once\nselect 1;');
      await assert.rejects(assertSchema(db, 'migrate', folder), behind);
    });

    it('of a newer version fit this one if they expand', async () => {
      await addNewer(EXPAND, '-- expand');
      await addNewer('9002_at_once', '-- expand, needed at once');
      assert.deepEqual(await assertSchema(db, 'migrate'), []);
      const { newer } = await readSchemaState(db);
      assert.deepEqual(newer, [EXPAND, '9002_at_once']);
      assert.deepEqual(await migrate(database), []);
    });

    it('of a newer version that contract fit code that knows the expansion', async () => {
      await addNewer(EXPAND, '-- expand');
      await addNewer(CONTRACT, `-- contract after ${EXPAND}`);
      const ahead = {
        code: 'database_ahead',
        message: /^The database is too new for this version of Stagedoor: 9003_contract\. /,
      };
      await assert.rejects(assertSchema(db, 'migrate'), ahead);
      await assert.rejects(migrate(database), ahead);
      await rm(join(folder, `${CONTRACT}.sql`));
      assert.deepEqual(await assertSchema(db, 'migrate', folder), []);
    });

    it('of a newer version that state nothing do not fit', async () => {
      await addNewer(PLAIN, '-- A comment.');
      await assert.rejects(assertSchema(db, 'migrate'), { code: 'database_ahead' });
    });

    it('of two versions at once are refused', async () => {
      await addNewer(EXPAND, '-- expand');
      await rm(join(folder, `${EXPAND}.sql`));
      await add('9000_older', '-- expand\nselect 1;');
      const message = /has 9001_expand of a newer version of Stagedoor, and lacks 9000_older /;
      await assert.rejects(migrate(database, { folder }), { code: 'database_ahead', message });
    });

    if (engine === 'PostgreSQL') {
      /** Runs migrations while one reader of a table is in their way and others come after them. */
      const behindReader = async (table: string, names: readonly string[]) => {
        const select = sql`select from ${sql.table(table)}`;
        const reader = Promise.withResolvers<void>();
        const isReading = Promise.withResolvers<void>();
        const reading = db.transaction().execute(async (tx) => {
          await select.execute(tx);
          isReading.resolve();
          await reader.promise;
        });
        await isReading.promise;
        const migrating = migrate(database, { folder });
        try {
          await untilBlocked(database);
          // Waits behind the migration, which gives up its place.
          await db.transaction().execute(async (tx) => {
            await sql`set local statement_timeout = '20s'`.execute(tx);
            await select.execute(tx);
          });
        } finally {
          reader.resolve();
          await reading;
        }
        assert.deepEqual(await migrating, names);
      };

      for (const [header, how] of [
        ['-- expand', 'in a transaction'],
        ['-- expand, outside a transaction', 'outside a transaction'],
      ]) {
        it(`wait ${how} for a reader without delaying others for long`, async () => {
          await add(EXPAND, `${header}\nalter table samples add column more integer;`);
          await behindReader('samples', [EXPAND]);
        });
      }

      it('wait for a reader of their own table without delaying others for long', async () => {
        await sql`alter table kysely_migration drop column needs_code_with`.execute(db);
        try {
          await add(EXPAND, '-- expand\nselect 1;');
          await behindReader('kysely_migration', [EXPAND]);
        } finally {
          await sql`update kysely_migration set needs_code_with = ''`.execute(db);
        }
      });

      it('take no lock on their own table that is in the way of readers', async () => {
        await add(EXPAND, '-- expand\nselect 1;');
        await db.transaction().execute(async (tx) => {
          await sql`lock table kysely_migration in access share mode`.execute(tx);
          assert.deepEqual(await migrate(database, { folder, patience: 0 }), [EXPAND]);
        });
      });

      it('create an index without a limit, because it delays nobody', async () => {
        await sql`insert into samples values (1)`.execute(db);
        await sql`create or replace function without_limit(integer) returns integer immutable
          language sql as $$ select 1 / (current_setting('lock_timeout') = '0')::integer $$`.execute(
          db,
        );
        await add(
          EXPAND,
          `-- expand, outside a transaction
          create index concurrently if not exists samples_limit on samples (without_limit(id));`,
        );
        await migrate(database, { folder });
      });

      it('name the transaction that keeps them from a lock', async () => {
        await add(EXPAND, '-- expand\nalter table samples add column more integer;');
        await db.transaction().execute(async (tx) => {
          await sql`lock table samples in row exclusive mode`.execute(tx);
          const message =
            /another transaction locks the table\. .*process \d+ \(stagedoor\) for \d+ s/;
          await assert.rejects(migrate(database, { folder, patience: 0 }), { message });
        });
      });
    }
  });
}

it('Migrations state their kind in the first line', async () => {
  for (const [name, file] of await listMigrations()) {
    const { needsCodeWith } = await readHeader(file);
    assert.ok(name.slice(0, 4) <= LAST_WITHOUT_KIND || needsCodeWith !== name, name);
  }
});

/** Returns the statements of a migration that read a table as a whole while others wait for it. */
function findLongLocks(script: string): string[] {
  const statements = splitStatements(script).map((one) => one.toLowerCase().replace(/\s+/g, ' '));
  const created = new Set(
    statements.map((one) => /^create table (?:if not exists )?(\w+)/.exec(one)?.[1]),
  );
  const isAddedHere = statements.some((one) => /not valid\b/.test(one));
  return statements.filter((one) => {
    const [, table] =
      /^create (?:unique )?index (?!concurrently ).*?\bon (?:only )?(\w+)/.exec(one) ?? [];
    return (
      (table !== undefined && !created.has(table)) ||
      (isAddedHere && /\bvalidate constraint\b/.test(one))
    );
  });
}

it('Migrations index and validate tables in use without blocking them', async () => {
  const index = 'create unique index samples_id on samples (id)';
  assert.deepEqual(findLongLocks(`${index};`), [index]);
  assert.deepEqual(findLongLocks(`create table samples (id text); ${index};`), []);
  for (const [name, file] of await listMigrations()) {
    if (name.slice(0, 4) > LAST_WITH_LONG_LOCKS) {
      const script = await readFile(join(FOLDER, file), 'utf8');
      assert.deepEqual(findLongLocks(script), [], name);
    }
  }
});

/** A statement outside a transaction that can run again and keeps nobody waiting. */
const ALONE =
  /^(?:create (?:unique )?index concurrently if not exists|drop index concurrently if exists|\/\* repeat \*\/ (?:update|delete|insert)) /i;

it('Migrations outside a transaction only have concurrent indexes and backfills', async () => {
  assert.doesNotMatch('alter table samples add column if not exists more integer', ALONE);
  for (const [name, file] of await listMigrations()) {
    const statements = splitStatements(await readFile(join(FOLDER, file), 'utf8'));
    const { inTransaction } = await readHeader(file);
    if (inTransaction) {
      assert.ok(!statements.some((one) => one.startsWith('/* repeat */')), name);
    } else {
      assert.ok(file.endsWith('.sql'), name);
      const others = statements.filter((one) => !ALONE.test(one.replace(/\s+/g, ' ')));
      assert.ok(others.length === 0 || name.slice(0, 4) === WITH_OTHERS_OUTSIDE, name);
    }
  }
});
