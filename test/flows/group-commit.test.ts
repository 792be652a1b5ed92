import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { isBusy } from '../../src/db/transaction.ts';
import { isUnreachable } from '../../src/db/unreachable.ts';
import { asRequester } from '../../src/lib/requester.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Divides by the number, so that 0 fails, and waits for some seconds. */
const INSERT = `
  insert into written (number, slept) select $1::int, pg_sleep($2::float8)::text where 1 / $1::int is not null
  returning number, pg_current_xact_id()::text as xid`;

let testDatabase: TestDatabase;
let database: Database;
before(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({
    url: testDatabase.url,
    dataDir: '',
    connections: 2,
    queryTimeout: 1_000,
  });
  await database.read('create table written (number int, slept text)', []);
  // A connection groups only what it has prepared.
  await Promise.all(numbers(100).map(() => insert(1)));
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

async function insert(number: number, seconds = 0): Promise<{ number: number; xid: string }> {
  const [row] = await database.write<{ number: number; xid: string }>(INSERT, [number, seconds]);
  assert.ok(row);
  return row;
}

async function countWritten(number: number): Promise<number> {
  const rows = await database.read('select from written where number = $1', [number]);
  return rows.length;
}

describe('Writes of several requests', () => {
  test('are committed together, and each gets its own result', async () => {
    const rows = await Promise.all(numbers(200).map((at) => insert(at + 1_000)));
    assert.deepEqual(
      rows.map(({ number }) => number),
      numbers(200).map((at) => at + 1_000),
    );
    const transactions = new Set(rows.map(({ xid }) => xid)).size;
    assert.ok(transactions <= 50, `${transactions} transactions`);
  });

  test('one of them fails: it fails alone, and the others are written once', async () => {
    const answers = await Promise.allSettled(
      numbers(100).map((at) => insert(at % 10 === 5 ? 0 : at + 2_000)),
    );
    for (const [at, answer] of answers.entries()) {
      const failed = answer.status === 'rejected' && /division by zero/.test(answer.reason.message);
      assert.equal(failed, at % 10 === 5);
      assert.equal(await countWritten(at + 2_000), failed ? 0 : 1);
    }
  });

  test('one of them takes too long: it fails alone', async () => {
    const slow = Promise.allSettled([insert(3_000, 20)]);
    const others = await Promise.all(numbers(30).map((at) => insert(at + 3_001)));
    assert.equal(others.length, 30);
    const [answer] = await slow;
    assert.ok(answer?.status === 'rejected' && isBusy(answer.reason));
    assert.equal(await countWritten(3_000), 0);
  });

  test('those that wait for others longer than one may take are refused, and not written', async () => {
    const answers = await Promise.allSettled(numbers(240).map((at) => insert(at + 6_000, 0.03)));
    const late = numbers(240).filter((at) => {
      const answer = answers[at];
      return answer?.status === 'rejected' && /waited too long/.test(answer.reason.message);
    });
    assert.ok(late.length > 0);
    for (const at of late) {
      assert.ok(isUnreachable(Object(answers[at]).reason));
      assert.equal(await countWritten(at + 6_000), 0);
    }
  });

  test('one whose client has left while it waited is dropped, and the others are written', async () => {
    const isGone = (at: number) => at % 2 === 1;
    const before = database.pools().writes?.abandoned;
    const answers = await Promise.allSettled(
      numbers(20).map((at) =>
        asRequester(
          () => isGone(at),
          () => insert(at + 7_000),
        ),
      ),
    );
    for (const [at, answer] of answers.entries()) {
      const dropped = answer.status === 'rejected' && answer.reason.code === 'client_left';
      assert.equal(dropped, isGone(at));
      assert.equal(await countWritten(at + 7_000), isGone(at) ? 0 : 1);
    }
    assert.equal(database.pools().writes?.abandoned, (before ?? 0) + 10);
  });

  test('a lost connection fails them as unreachable, and later ones succeed', async () => {
    const lost = Promise.allSettled(numbers(16).map(() => insert(4_000, 0.1)));
    while ((await terminateWriting()) < 4) {}
    for (const answer of await lost) {
      assert.ok(answer.status === 'rejected' && isUnreachable(answer.reason));
    }
    assert.equal(await countWritten(4_000), 0);
    const rows = await Promise.all(numbers(20).map((at) => insert(at + 5_000)));
    assert.equal(rows.length, 20);
  });
});

let terminated = 0;
async function terminateWriting(): Promise<number> {
  const rows = await database.read(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query = $1 and state = 'active'`,
    [INSERT],
  );
  terminated += rows.length;
  return terminated;
}
