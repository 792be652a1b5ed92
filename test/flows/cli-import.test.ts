import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { linesOf } from '../support/bulk.ts';
import { type Person, stagedoorHere } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';

let database: TestDatabase;
let folder: string;
let file: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagedoor-import-'));
  file = join(folder, 'directory.jsonl');
  database = await createTestDatabase();
});
after(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const cli = (args: readonly string[], person?: Person) =>
  stagedoorHere({ DATABASE_URL: database.url, DATA_DIR: folder }, args, person);
const user = (id: string, email = `${id}@example.com`) => ({ user: { id, email } });
const MANY = [
  { organizer: { slug: 'red', name: { en: 'Red', de: 'Rot' } } },
  ...Array.from({ length: 250 }, (_, index) => user(`u${index}`)),
  { team: { organizer: 'red', id: 'staff', members: ['u1', 'u2'] } },
];

describe('stagedoor import', () => {
  test('imports every line, with progress and a summary, and can be repeated', async () => {
    await writeFile(file, linesOf(MANY));
    const { code, out, err } = await cli(['import', file], { progress: true });
    assert.deepEqual([code, out], [0, 'Created 252, changed 0, left 0 as they were, refused 0.\n']);
    assert.match(err, /^\r100.*\r200/s);
    const again = await cli(['import', '-'], { input: linesOf(MANY) });
    assert.match(again.out, /^Created 0, changed 0, left 252 as they were/);
    const team = await cli(['team', 'show', 'red', 'staff', '--json']);
    assert.deepEqual(JSON.parse(team.out).members, ['u1', 'u2']);
  });

  test('refused lines are listed, the others are carried out, and the exit code is 1', async () => {
    const lines = [user('new'), user('evil', '\u001b[2Jx'), { nothing: 1 }, user('newer')];
    const { code, out } = await cli(['import', '-'], { input: linesOf(lines) });
    assert.equal(code, 1);
    assert.match(out, /^Line 2 \(user evil\): email: .*\nLine 3: .*\nCreated 2, .* refused 2\.\n$/);
    assert.ok(!out.includes('\u001b'));
    assert.equal((await cli(['user', 'show', 'newer'])).code, 0);
  });

  test('--atomic with one refused line writes nothing', async () => {
    const lines = [user('first'), user('second', 'nonsense')];
    const { code, out } = await cli(['import', '--atomic', '-'], { input: linesOf(lines) });
    assert.equal(code, 1);
    assert.match(out, /refused 1\. Nothing was written\.\n$/);
    assert.equal((await cli(['user', 'show', 'first'])).code, 3);
  });

  test('--json prints the outcome of each line', async () => {
    const lines = [user('json'), user('json', 'x')];
    const { code, out } = await cli(['import', '-', '--json'], { input: linesOf(lines) });
    assert.equal(code, 1);
    const [first, second, end] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(first, { line: 1, user: 'json', outcome: 'created' });
    assert.deepEqual([second.outcome, end.done, end.refused], ['refused', true, 1]);
  });

  test('a missing file is an error', async () => {
    const { code, err } = await cli(['import', join(folder, 'none')]);
    assert.equal(code, 2);
    assert.match(err, /can't be read: ENOENT/);
  });

  test('a running server with the embedded database carries out the import', async () => {
    const server = await startServer({ DATABASE_URL: '' });
    try {
      const env = { DATA_DIR: server.config.dataDir };
      const { code, out } = await stagedoorHere(env, ['import', '-'], { input: linesOf(MANY) });
      assert.deepEqual([code, out.slice(0, 12)], [0, 'Created 252,']);
    } finally {
      await server.close();
    }
  });
});
