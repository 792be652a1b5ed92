import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SqlBool, sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { preparedQuery, preparedWrite } from '../../src/db/prepared-query.ts';
import { inSavepoint, inTransaction } from '../../src/db/transaction.ts';
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

  describe(`A prepared write on ${engine}`, () => {
    const insertion = preparedWrite<{ slug: string }>((db, param) =>
      db.insertInto('organizers').values({ slug: param('slug'), name: '{}' }),
    );
    const slugsOf = async (db: Db) =>
      (await db.selectFrom('organizers').select('slug').orderBy('slug').execute()).map(
        ({ slug }) => slug,
      );
    const isDuplicate = { code: '23505' };

    test('is visible to the next statement, and ends its transaction if it fails', async () => {
      const [{ db, close }, remove] = await open();
      try {
        await insertion(db, { slug: 'alone' });
        await assert.rejects(insertion(db, { slug: 'alone' }), isDuplicate);
        await inTransaction(db, async (tx) => {
          await insertion(tx, { slug: 'blue' });
          assert.deepEqual(await slugsOf(tx), ['alone', 'blue']);
          await insertion(tx, { slug: 'green' });
        });
        assert.deepEqual(await slugsOf(db), ['alone', 'blue', 'green']);

        for (const next of [() => Promise.resolve([]), slugsOf]) {
          const work = inTransaction(db, async (tx) => {
            await insertion(tx, { slug: 'red' });
            await insertion(tx, { slug: 'blue' });
            await next(tx);
          });
          await assert.rejects(work, isDuplicate);
        }
        const thrown = inTransaction(db, async (tx) => {
          await insertion(tx, { slug: 'red' });
          throw new Error('thrown');
        });
        await assert.rejects(thrown, { message: 'thrown' });
        assert.deepEqual(await slugsOf(db), ['alone', 'blue', 'green']);

        await inTransaction(db, async (tx) => {
          const part = inSavepoint(tx, () => insertion(tx, { slug: 'blue' }));
          await assert.rejects(part, isDuplicate);
          await insertion(tx, { slug: 'yellow' });
        });
        assert.deepEqual(await slugsOf(db), ['alone', 'blue', 'green', 'yellow']);
      } finally {
        await close();
        await remove();
      }
    });
  });
}
