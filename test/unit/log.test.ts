import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { createLog } from '../../src/lib/log.ts';

const LINES = 5_000;

/** Returns what `write` makes the log print. */
function printed(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('info', { write: (line: string) => lines.push(line) }));
  assert.equal(lines.length, 1);
  return lines.join('');
}

/** An error with the properties that the drivers of PostgreSQL and PGlite add. */
function databaseError(): Error {
  return Object.assign(new Error('duplicate key value violates unique constraint "users_email"'), {
    code: '23505',
    detail: 'Key (email)=(ada@example.com) already exists.',
    where: 'COPY users, line 1: "ada@example.com"',
    internalQuery: "select 'ada@example.com'",
    query: "insert into users values ('ada@example.com')",
    params: ['ada@example.com'],
    parameters: ['ada@example.com'],
  });
}

test('a logged database error contains message, code and stack, but no row or parameter', () => {
  const line = printed((log) => log.warn({ err: databaseError() }, 'Event'));
  assert.doesNotMatch(line, /ada@/);
  const { err } = JSON.parse(line);
  assert.deepEqual(Object.keys(err), ['type', 'message', 'stack', 'code']);
  assert.equal(err.code, '23505');
  assert.match(err.stack, /log\.test\.ts/);
});

test('a database error as cause, or logged without a key, never prints a row or parameter', () => {
  const outer = new Error('outer', { cause: databaseError() });
  const line = printed((log) => log.error({ err: outer }, 'Event'));
  assert.match(line, /users_email/);
  assert.doesNotMatch(line, /ada@/);
  assert.doesNotMatch(
    printed((log) => log.error(databaseError())),
    /ada@/,
  );
});

test('a cyclic chain of causes ends, and a thrown non-Error value is not printed', () => {
  const cyclic = new Error('cyclic');
  cyclic.cause = cyclic;
  assert.equal(printed((log) => log.error({ err: cyclic }, 'Event')).split('"type"').length, 5);
  assert.match(
    printed((log) => log.error({ err: { secret: 'ada@example.com' } }, 'Event')),
    /"err":\{"message":"Not an Error: object"\}/,
  );
});

test('a process whose log is not read goes on, and tells later how many lines were lost', async () => {
  const child = fork(new URL('../support/log-child.ts', import.meta.url), [String(LINES)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  assert.ok(child.stdout);
  // Sent while nobody reads.
  await once(child, 'message');
  const complete: { line?: number; lines?: number; msg: string }[] = [];
  let asked = 0;
  const ask = () => {
    asked += 1;
    child.send('again');
  };
  let timer: NodeJS.Timeout | undefined;
  for await (const text of createInterface(child.stdout)) {
    complete.push(JSON.parse(text));
    // Until the pipe has room again.
    timer ??= setInterval(ask, 20);
    if (child.connected && (complete.at(-1)?.msg === 'Log lines lost' || asked > 500)) {
      clearInterval(timer);
      child.disconnect();
    }
  }
  const lost = complete.reduce((sum, { lines = 0 }) => sum + lines, 0);
  assert.ok(lost > 0);
  const written = complete.filter(({ msg }) => msg !== 'Log lines lost').length;
  assert.equal(written + lost, LINES + asked);
});
