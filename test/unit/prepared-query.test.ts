import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SqlBool, sql } from 'kysely';
import { preparedQuery } from '../../src/db/prepared-query.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { ENGINES } from '../support/engines.ts';

for (const [engine, open] of Object.entries(ENGINES)) {
  describe(`A prepared query on ${engine}`, () => {
    test('is built once, and each run has its values, inside and outside transactions', async () => {
      const [database, remove] = await open();
      try {
        let built = 0;
        const names = preparedQuery<{ name: string; slugs: readonly string[] }, { name: unknown }>(
          (db, param) => {
            built += 1;
            return db
              .selectFrom('organizers')
              .select('name')
              .where(sql<SqlBool>`slug = any(${param('slugs')}::text[])`)
              .where(sql<SqlBool>`name ->> 'en' = ${param('name')} and slug <> ${'constant'}`);
          },
        );
        const rows = ['red', 'blue', 'constant'].map((slug) => ({
          slug,
          name: JSON.stringify({ en: slug }),
        }));
        await database.db.insertInto('organizers').values(rows).execute();
        const { db } = database;
        assert.deepEqual(await names(db, { name: 'red', slugs: ['red'] }), [
          { name: { en: 'red' } },
        ]);
        assert.deepEqual(await names(db, { name: 'constant', slugs: ['constant'] }), []);
        await inTransaction(db, async (tx) => {
          await tx.deleteFrom('organizers').where('slug', '=', 'red').execute();
          assert.deepEqual(await names(tx, { name: 'red', slugs: ['red'] }), []);
          const found = await names(tx, { name: 'blue', slugs: ['blue', 'red'] });
          assert.deepEqual(found, [{ name: { en: 'blue' } }]);
        });
        assert.equal(built, 1);
      } finally {
        await database.close();
        await remove();
      }
    });
  });
}
