import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { BULK, importDirectory, linesOf } from '../support/bulk.ts';
import { createTestDatabase } from '../support/database.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { withServer } from '../support/fixture.ts';
import { until } from '../support/outbox.ts';
import { callManagement } from '../support/platform.ts';
import { sendHead } from '../support/raw-request.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const user = (id: string, more: object = {}) => ({
  user: { id, email: `${id}@example.com`, ...more },
});

/** Starts a call whose body the test sends in pieces. */
function begin(server: TestServer, query = '') {
  const request = sendHead(server, `POST ${BULK}${query}`, {
    authorization: `Token ${server.operatorToken}`,
    'content-type': 'application/jsonl',
    'transfer-encoding': 'chunked',
  });
  return {
    ...request,
    send: (...lines: object[]) => {
      const text = linesOf(lines);
      request.socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    },
    finish: () => request.socket.write('0\r\n\r\n'),
  };
}

const exists = async (server: TestServer, id: string) =>
  (await callManagement(server, 'GET', `/api/v1/users/${id}/`)).status === 200;

const count = async (server: TestServer) =>
  Number(
    Reflect.get(Object((await callManagement(server, 'GET', '/api/v1/users/')).body), 'count'),
  );

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Interrupted import, on ${engine}`, () => {
    const server = withServer(variables);

    /** Counts connections that are inside a transaction, without the asking one. */
    const transactions = async () => {
      const { rows } = await sql<{ count: string }>`
        select count(*) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
      `.execute(server.database.db);
      return Number(rows[0]?.count);
    };

    if (engine === 'the embedded database') {
      test('an atomic import that exceeds its time is ended, and other requests continue', async () => {
        const call = begin(server, '?atomic=true');
        call.send(user('endless'));
        await call.answers(/"line":1/);
        // The import has the only connection, so this request waits until the import has ended.
        const others = await callManagement(server, 'GET', '/api/v1/users/endless/');
        assert.equal(others.status, 404);
        await call.answers(/"done":false.*may take 10 seconds on the embedded database/);
      });
    }

    test('reported lines stay stored if the client disconnects', async () => {
      const call = begin(server);
      call.send(user('stays'));
      await call.answers(/"user":"stays","outcome":"created"/);
      call.socket.destroy();
      assert.equal(await exists(server, 'stays'), true);
    });

    test('an atomic import is rolled back if the client disconnects, and releases its connection', async () => {
      const call = begin(server, '?atomic=true');
      call.send(user('goes'), user('stays', { full_name: 'Changed' }));
      await call.answers(/"user":"stays","outcome":"changed"/);
      call.socket.destroy();
      await until(async () => (await transactions()) === 0);
      assert.equal(await exists(server, 'goes'), false);
      const again = await importDirectory(server, [user('stays')], '?atomic=true');
      assert.deepEqual([again.end?.committed, again.end?.unchanged], [true, 1]);
    });

    test('an atomic import is rolled back if the client disconnects after the last line', async () => {
      const call = begin(server, '?atomic=true');
      const password = 'this takes a while to hash';
      call.send(user('gone1', { password }), user('gone2', { password }));
      call.finish();
      call.socket.end();
      call.socket.destroy();
      await sleep(1_000);
      await until(async () => (await transactions()) === 0);
      assert.equal(await exists(server, 'gone1'), false);
    });

    test('both kinds of call are in the log with their counts', async () => {
      const entries = await server.database.db
        .selectFrom('audit_events')
        .select('data')
        .where('action', '=', 'stagedoor.operator.called')
        .orderBy('id')
        .execute();
      const counts = entries.flatMap(({ data }) => {
        const { counts: of } = JSON.parse(JSON.stringify(data));
        return of ? [of] : [];
      });
      assert.deepEqual(counts.slice(0, 2), [
        { created: 1, changed: 0, unchanged: 0, refused: 0 },
        { created: 1, changed: 1, unchanged: 0, refused: 0 },
      ]);
    });
  });

  describe(`Two imports at once, on ${engine}`, () => {
    const server = withServer(variables);

    const rounds = engine === 'PostgreSQL' ? 5 : 2;
    const ids = Array.from({ length: 60 }, (_, n) => `user${n}`);
    const named = (name: string) => ids.map((id) => user(id, { full_name: name }));

    test('opposite order: no line is lost or refused', async () => {
      await importDirectory(server, named('Before'));
      for (let round = 0; round < rounds; round += 1) {
        const answers = await Promise.all([
          importDirectory(server, named(`One ${round}`)),
          importDirectory(server, named(`Two ${round}`).reverse()),
        ]);
        for (const { report, end } of answers) {
          assert.equal(report.length, ids.length);
          assert.deepEqual([end?.done, end?.refused], [true, 0]);
        }
      }
    });

    test('one of them atomic: no line is lost or refused', async () => {
      const [whole, single] = await Promise.all([
        importDirectory(server, named('Whole'), '?atomic=true'),
        importDirectory(server, named('Single').reverse()),
      ]);
      assert.deepEqual([whole.end?.committed, whole.end?.refused], [true, 0]);
      assert.deepEqual([single.end?.done, single.end?.refused], [true, 0]);
    });

    test('both atomic: at least one succeeds, another one gets 409', async () => {
      const answers = await Promise.all([
        importDirectory(server, named('First'), '?atomic=true'),
        importDirectory(server, named('Second').reverse(), '?atomic=true'),
      ]);
      for (const { status, end, error } of answers) {
        if (status === 409) {
          assert.deepEqual(error, {
            detail: 'Another atomic import is under way. Try again later.',
          });
        } else {
          assert.deepEqual([status, end?.committed], [200, true]);
        }
      }
      assert.ok(answers.some(({ status }) => status === 200));
    });

    test('the same new users: each is created once', async () => {
      const lines = Array.from({ length: 60 }, (_, n) => user(`new${n}`));
      const answers = await Promise.all([
        importDirectory(server, lines),
        importDirectory(server, lines.toReversed()),
        importDirectory(server, lines),
      ]);
      const created = answers.reduce((sum, { end }) => sum + (end?.created ?? 0), 0);
      const refused = answers.reduce((sum, { end }) => sum + (end?.refused ?? 0), 0);
      assert.deepEqual([created, refused], [60, 0]);
    });
  });

  test(`Stopping a server during an import reports it to the client, on ${engine}`, async () => {
    const server = await startServer(variables);
    try {
      const call = begin(server);
      call.send(user('ada'));
      await call.answers(/"line":1/);
      const closing = server.close();
      call.send(user('ben'));
      await call.answers(/"line":2/);
      const text = await call.answers(/"done":false/);
      assert.match(
        text,
        /"done":false,"committed":true,"created":2,.*"detail":"The server is stopping\. Send again what is not reported\."/,
      );
      call.socket.destroy();
      await closing;
    } finally {
      await server.close();
    }
  });
}

test('An import that loses the database reports it in its last line', async () => {
  const database = await createTestDatabase();
  const proxy = await startTcpProxy(Number(new URL(database.url).port));
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const server = await startServer({ DATABASE_URL: url.href });
  try {
    for (const atomic of [false, true]) {
      const call = begin(server, `?atomic=${atomic}`);
      const id = `user-${atomic}`;
      call.send(user(id));
      await call.answers(/"line":1/);
      await proxy.cut();
      call.send(user(`${id}-2`));
      const text = await call.answers(/"done":false/);
      assert.match(text, new RegExp(`"done":false,"committed":${!atomic},"created":1,`));
      assert.match(text, /"detail":"The database is not reachable at the moment/);
      assert.doesNotMatch(text, /"line":2/);
      call.socket.destroy();
      // Before the first line was sent, the error is a normal response.
      const refused = await importDirectory(server, [user('nobody')]);
      assert.equal(refused.status, 503);
      await proxy.restore();
      assert.equal(await exists(server, id), !atomic);
    }
    assert.equal(await count(server), 1);
  } finally {
    await server.close();
    await proxy.close();
    await database.drop();
  }
});
