import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { listMigrations } from '../../src/db/migration-files.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { ENGINES } from '../support/engines.ts';
import { withDatabase } from '../support/fixture.ts';

async function slugs(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('organizers').select('slug').orderBy('slug').execute();
  return rows.map((row) => row.slug);
}

async function addOrganizer(db: Db, slug: string): Promise<void> {
  await db
    .insertInto('organizers')
    .values({ slug, name: JSON.stringify({ en: slug }) })
    .execute();
}

for (const [engine, open] of Object.entries(ENGINES)) {
  describe(`Database on ${engine}`, () => {
    const database = withDatabase(open);
    let db: Db;

    before(async () => {
      db = database.db;
      await migrate(database);
    });

    test('a second run of the migrations does nothing', async () => {
      assert.deepEqual(await migrate(database), []);
    });

    test('every table has a comment', async () => {
      const { rows } = await sql<{ name: string }>`
        select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'kysely%'
          and obj_description(c.oid, 'pg_class') is null`.execute(db);
      assert.deepEqual(rows, []);
    });

    test('jsonb and bytea values are read as they were written', async () => {
      await addOrganizer(db, 'roundtrip');
      const { name } = await db
        .selectFrom('organizers')
        .select('name')
        .where('slug', '=', 'roundtrip')
        .executeTakeFirstOrThrow();
      assert.deepEqual(name, { en: 'roundtrip' });
      const bytes = Buffer.from([0, 1, 127, 128, 255]);
      const { rows } = await sql<{ bytes: Uint8Array }>`select ${bytes}::bytea as bytes`.execute(
        db,
      );
      assert.deepEqual(Buffer.from(rows[0]?.bytes ?? []), bytes);
    });

    test('a transaction that throws writes nothing', async () => {
      await assert.rejects(
        inTransaction(db, async (tx) => {
          await addOrganizer(tx, 'never');
          throw new Error('changed my mind');
        }),
        /changed my mind/,
      );
      assert.ok(!(await slugs(db)).includes('never'));
    });

    test('a query of another request does not run inside an open transaction', async () => {
      let other: Promise<void> | undefined;
      await assert.rejects(
        inTransaction(db, async (tx) => {
          await addOrganizer(tx, 'rolled-back');
          other = addOrganizer(db, 'kept');
          await sleep(50);
          throw new Error('roll back');
        }),
        /roll back/,
      );
      await other;
      const found = await slugs(db);
      assert.ok(found.includes('kept'), 'the row of the other request is stored');
      assert.ok(!found.includes('rolled-back'));
    });

    test('concurrent transactions do not mix', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          inTransaction(db, async (tx) => {
            await addOrganizer(tx, `mix-${i}-a`);
            await sleep(2);
            await addOrganizer(tx, `mix-${i}-b`);
            if (i % 2 === 1) {
              throw new Error('roll back');
            }
          }),
        ),
      );
      assert.equal(results.filter((one) => one.status === 'fulfilled').length, 10);
      const expected = Array.from({ length: 10 }, (_, i) => [`mix-${2 * i}-a`, `mix-${2 * i}-b`]);
      const found = (await slugs(db)).filter((slug) => slug.startsWith('mix-'));
      assert.deepEqual(found, expected.flat().sort());
    });

    test('a failed statement frees the connection for the next request', async () => {
      for (let i = 0; i < 10; i += 1) {
        await assert.rejects(sql`select no_such_column`.execute(db));
      }
      await database.ping();
    });
  });
}

describe('PostgreSQL', () => {
  test('is migrated once if several processes start at the same time', async () => {
    const { url, drop } = await createEmptyDatabase();
    const options = { url, dataDir: '', connections: 2 };
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase(options)));
    try {
      const ran = await Promise.all(databases.map((database) => migrate(database)));
      assert.deepEqual(ran.flat(), [...(await listMigrations()).keys()]);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
      await drop();
    }
  });

  test('that is unreachable rejects queries, and does not end the process', async () => {
    const database = await openDatabase({
      url: 'postgres://nobody:nothing@127.0.0.1:1/nowhere',
      dataDir: '',
      connections: 1,
    });
    await assert.rejects(database.ping());
    await database.close();
  });
});
