import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const PAIRS = 20;

let testDatabase: TestDatabase;
let database: Database;
before(async () => {
  // PostgreSQL looks for a deadlock after 20 ms.
  testDatabase = await createTestDatabase();
  const url = new URL(testDatabase.url);
  url.searchParams.set('options', '-c deadlock_timeout=20');
  database = await openDatabase({ url: url.href, dataDir: '', connections: 2 * PAIRS });
  await database.read('create table locked as select generate_series(0, $1::int) as id', [
    2 * PAIRS,
  ]);
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

/**
 * Runs two transactions that lock the same rows in opposite order, and meet between the two.
 * @returns true if one ended before the other one was repeated
 */
async function runDeadlock(one: number, two: number): Promise<boolean> {
  const { promise: bothLocked, resolve } = Promise.withResolvers<void>();
  let runs = 0;
  let ended = 0;
  let wasInOrder = false;
  const lockBoth = async (first: number, second: number) => {
    await inTransaction(database.db, async (tx) => {
      runs += 1;
      wasInOrder = ended === 1;
      await tx.executeQuery(lock(first));
      if (runs === 2) {
        resolve();
      }
      await bothLocked;
      await tx.executeQuery(lock(second));
    });
    ended += 1;
  };
  await Promise.all([lockBoth(one, two), lockBoth(two, one)]);
  return wasInOrder;
}

const lock = (id: number) => CompiledQuery.raw('select from locked where id = $1 for update', [id]);

test('Of two transactions in a deadlock, one ends before the other one is repeated', async () => {
  const pairs = Array.from({ length: PAIRS }, (_, pair) => runDeadlock(2 * pair, 2 * pair + 1));
  const inOrder = (await Promise.all(pairs)).filter(Boolean);
  // Not each, because a busy machine may take longer for the first one.
  assert.ok(inOrder.length > PAIRS / 2, String(inOrder.length));
});
