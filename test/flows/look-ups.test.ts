import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { isBusy } from '../../src/db/transaction.ts';
import { isUnreachable } from '../../src/db/unreachable.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ECHO = 'select $1::int as value';
const DIVIDE = 'select 1 / $1::int as value';
const SLEEP = 'select pg_sleep($1::float8) as value';

let testDatabase: TestDatabase;
let database: Database;
before(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({
    url: testDatabase.url,
    dataDir: '',
    connections: 2,
    queryTimeout: 500,
  });
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

async function answerTo(text: string, value: number): Promise<unknown> {
  const [row] = await database.lookUp<{ value: unknown }>(text, [value]);
  return row?.value;
}

describe('Batched reads on a shared connection', () => {
  test('each gets its own result, also if one of them fails', async () => {
    const asked = Array.from({ length: 300 }, (_, at) => at);
    const answers = await Promise.allSettled(
      asked.map((at) => (at % 10 === 0 ? answerTo(DIVIDE, 0) : answerTo(ECHO, at))),
    );
    for (const [at, answer] of answers.entries()) {
      assert.equal(
        answer.status === 'fulfilled' ? answer.value : 'failed',
        at % 10 ? at : 'failed',
      );
    }
    assert.equal(await answerTo(DIVIDE, 1), 1);
  });

  test('a lost connection fails them as unreachable, and later ones succeed', async () => {
    const lost = [answerTo(SLEEP, 0.4), answerTo(SLEEP, 0.4), answerTo(ECHO, 1), answerTo(ECHO, 2)];
    const failures = Promise.allSettled(lost);
    while ((await terminateSleeping()) < 2) {}
    for (const answer of await failures) {
      assert.ok(answer.status === 'rejected' && isUnreachable(answer.reason));
    }
    assert.deepEqual(await Promise.all([answerTo(ECHO, 3), answerTo(ECHO, 4)]), [3, 4]);
  });

  test('a statement that takes too long fails alone', async () => {
    const late = Promise.allSettled([answerTo(SLEEP, 20), answerTo(SLEEP, 20)]);
    assert.deepEqual(await Promise.all([answerTo(ECHO, 5), answerTo(ECHO, 6)]), [5, 6]);
    for (const answer of await late) {
      assert.ok(answer.status === 'rejected' && isBusy(answer.reason));
    }
  });

  test('statements that get no answer in time fail as unreachable', async () => {
    const unlimited = () => database.lookUp('set statement_timeout = 0', []);
    await Promise.all([unlimited(), unlimited()]);
    const answers = await Promise.allSettled([answerTo(SLEEP, 20), answerTo(SLEEP, 20)]);
    for (const answer of answers) {
      assert.ok(answer.status === 'rejected' && isUnreachable(answer.reason));
    }
    assert.deepEqual(await Promise.all([answerTo(ECHO, 7), answerTo(ECHO, 8)]), [7, 8]);
  });
});

let terminated = 0;
async function terminateSleeping(): Promise<number> {
  const rows = await database.read<{ ended: boolean }>(
    `select pg_terminate_backend(pid) as ended from pg_stat_activity
      where datname = current_database() and query = $1 and state = 'active'`,
    [SLEEP],
  );
  terminated += rows.length;
  return terminated;
}
