import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BULK, type ImportBody, importDirectory, linesOf } from '../support/bulk.ts';
import { prepared } from '../support/fixture.ts';
import { startManagementServer } from '../support/management-server.ts';
import { callManagement, manage } from '../support/platform.ts';
import { sendHead } from '../support/raw-request.ts';

const server = prepared(startManagementServer, (one) => one.close());

const send = (body: ImportBody, query = '', headers: Record<string, string> = {}) =>
  importDirectory(server, body, query, headers);
const organizer = (slug: string) => ({ organizer: { slug, name: `Name of ${slug} – ü` } });
const LINE = JSON.stringify(organizer('red'));
const bytes = (text: string) => new TextEncoder().encode(text);

async function* inPieces(body: Uint8Array, size: number) {
  for (let at = 0; at < body.length; at += size) {
    yield body.subarray(at, at + size);
    await new Promise(setImmediate);
  }
}

describe('Import lines', () => {
  const outcomes = async (body: ImportBody) =>
    (await send(body)).report.map(({ line, outcome, detail }) => [line, detail ?? outcome]);

  test('CRLF, byte order marks, blank lines and a missing last newline are accepted', async () => {
    await send(LINE);
    assert.deepEqual(await outcomes(`\ufeff${LINE}\r\n\r\n  \t\n${LINE}`), [
      [1, 'unchanged'],
      [4, 'unchanged'],
    ]);
    assert.deepEqual(await outcomes(`\n\n${LINE}\r\n`), [[3, 'unchanged']]);
    assert.deepEqual(await outcomes(`${LINE}\n\ufeff${LINE}\n`), [
      [1, 'unchanged'],
      [2, 'unchanged'],
    ]);
  });

  test('an empty body is a complete import of no lines', async () => {
    for (const body of ['', '\n', '\r\n \r\n']) {
      for (const query of ['', '?atomic=true']) {
        const { status, report, end } = await send(body, query);
        assert.deepEqual([status, report.length, end?.done, end?.committed], [200, 0, true, true]);
      }
    }
  });

  test('lines can be split at any byte', async () => {
    const body = bytes(`${LINE}\r\n${JSON.stringify(organizer('blue'))}\n${LINE}`);
    for (const size of [1, 2, 7, 50]) {
      const { report } = await send(inPieces(body, size));
      assert.deepEqual(
        report.map(({ line, organizer: slug }) => [line, slug]),
        [
          [1, 'red'],
          [2, 'blue'],
          [3, 'red'],
        ],
      );
    }
    const [red] = [await manage(server, 'GET', '/api/v1/directory/organizers/red/')];
    assert.deepEqual(red, { slug: 'red', name: 'Name of red – ü' });
  });

  test('a malformed line is refused with its number, and the error does not contain its text', async () => {
    const broken = [
      'hunter2',
      '{"user": {"id": "x", "password": "hunter2"',
      '[]',
      'null',
      '"red"',
      LINE,
      `${LINE}${LINE}`,
      `\0${LINE}`,
      LINE.replace('}', ',}'),
    ];
    const { report } = await send(broken.join('\n'));
    const json = 'JSON parse error - the line is not valid JSON.';
    const shape = report[2]?.detail;
    assert.match(String(shape), /^Expected a JSON object with exactly one of/);
    assert.deepEqual(
      report.map(({ outcome, detail }) => detail ?? outcome),
      [json, json, shape, shape, shape, 'unchanged', json, json, json],
    );
    assert.doesNotMatch(JSON.stringify(report), /hunter2/);
    const latin1 = Buffer.concat([
      Buffer.from(LINE.replace('ü', '\xfc'), 'latin1'),
      Buffer.from(`\n${LINE}\n`),
    ]);
    assert.deepEqual(await outcomes(new Uint8Array(latin1)), [
      [1, 'JSON parse error - not valid UTF-8.'],
      [2, 'unchanged'],
    ]);
  });

  test('names of inherited object properties are handled as ordinary keys', async () => {
    const { report } = await send(
      [
        '{"__proto__": {"slug": "x"}}',
        '{"constructor": {}}',
        '{"organizer": {"slug": "proto", "name": "Proto", "__proto__": {"slug": "y"}}}',
        '{"organizer": {"slug": {"toString": 1}, "name": "x"}}',
      ].join('\n'),
    );
    assert.deepEqual(
      report.map(({ outcome }) => outcome),
      ['refused', 'refused', 'created', 'refused'],
    );
  });

  test('a line longer than 256 KiB is refused, and the other lines are not', async () => {
    const members = (count: number) =>
      JSON.stringify({ team: { organizer: 'red', id: 'big', members: Array(count).fill('x') } });
    const long = members(70_000);
    assert.ok(long.length > 256 * 1024);
    const { report } = await send(`${LINE}\n${long}\n${LINE}\n${long}`);
    assert.deepEqual(
      report.map(({ line, outcome, detail }) => [line, detail ?? outcome]),
      [
        [1, 'unchanged'],
        [2, 'A line may hold at most 262144 bytes.'],
        [3, 'unchanged'],
        [4, 'A line may hold at most 262144 bytes.'],
      ],
    );
    const fits = await send(members(60_000));
    assert.deepEqual(fits.report[0]?.errors, { members: ['There is no user "x".'] });
  });
});

describe('Import report', () => {
  test('arrives while lines are still to be sent', async () => {
    const request = sendHead(server, `POST ${BULK}`, {
      authorization: `Token ${server.operatorToken}`,
      'content-type': 'application/x-ndjson',
      'transfer-encoding': 'chunked',
      accept: 'application/x-ndjson',
    });
    const line = (slug: string) => {
      const text = linesOf([organizer(slug)]);
      request.socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    };
    line('one');
    const head = await request.answers(/"line":1,"organizer":"one","outcome":"created"/);
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head, /\r\nContent-Type: application\/x-ndjson\r\n/i);
    assert.match(head, /\r\nX-Accel-Buffering: no\r\n/i);
    await manage(server, 'GET', '/api/v1/directory/organizers/one/');
    line('two');
    await request.answers(/"line":2,"organizer":"two","outcome":"created"/);
    assert.doesNotMatch(request.answer(), /"done"/);
    request.socket.write('0\r\n\r\n');
    await request.answers(/"done":true.*\n\r\n0\r\n\r\n$/);
    request.socket.destroy();
  });

  test('is complete for a client that reads only after it has sent everything', async () => {
    const lines = linesOf(Array.from({ length: 20_000 }, () => ({ nothing: 1 })));
    const request = sendHead(server, `POST ${BULK}`, {
      authorization: `Token ${server.operatorToken}`,
      'content-type': 'application/jsonl',
      'content-length': lines.length,
      connection: 'close',
    });
    request.socket.pause();
    request.socket.write(lines, () => request.socket.resume());
    assert.equal(await request.closed, 'ended');
    assert.match(request.answer(), /"line":20000,.*\n[\s\S]*"done":true,.*"refused":20000\}\n/);
  });
});

describe('Refused import calls', () => {
  const refused = async (
    query: string,
    headers: Record<string, string>,
    body: ImportBody = LINE,
  ) => {
    const { status, error } = await send(body, query, headers);
    return [status, Reflect.get(Object(error), 'detail') ?? error];
  };

  test('an unsupported content type is 415, an unsupported Accept header 406', async () => {
    for (const type of ['application/json', 'text/plain', 'application/jsonl; charset=latin1']) {
      assert.deepEqual(await refused('', { 'content-type': type }), [
        415,
        `Unsupported media type ${JSON.stringify(type)} in request. Send application/jsonl in UTF-8.`,
      ]);
    }
    assert.equal((await refused('', { 'content-encoding': 'gzip' }))[0], 415);
    assert.deepEqual(await refused('', { accept: 'application/json' }), [
      406,
      'Could not satisfy the request Accept header. The answers of this call are application/jsonl.',
    ]);
    for (const type of ['application/jsonlines', 'Application/X-NDJSON; charset=UTF-8']) {
      assert.equal((await send(LINE, '', { 'content-type': type })).status, 200, type);
    }
  });

  test('an Idempotency-Key is refused, because the call is idempotent and its response is not stored', async () => {
    const [status, detail] = await refused('', { 'idempotency-key': 'once' });
    assert.equal(status, 400);
    assert.match(String(detail), /^Send this call without an Idempotency-Key/);
  });

  test('"atomic" accepts only true or false', async () => {
    assert.deepEqual(await refused('?atomic=1', {}), [
      400,
      { atomic: ['"1" is not a valid choice.'] },
    ]);
    assert.equal((await send(LINE, '?atomic=false')).end?.committed, true);
  });

  test('a token without the right "directory" gets 403', async () => {
    const make = async (name: string, rights: string[]) =>
      String(
        Reflect.get(
          Object(await manage(server, 'POST', '/api/v1/operator-tokens/', { name, rights })),
          'token',
        ),
      );
    const reader = await make('reader', ['read', 'grants', 'applications']);
    assert.deepEqual(await refused('', { authorization: `Token ${reader}` }), [
      403,
      'This token lacks the right "directory".',
    ]);
    assert.equal((await refused('', { authorization: 'Token x' }))[0], 401);
    const writer = await make('writer', ['directory']);
    const line = [{ organizer: { slug: 'by-writer', name: 'x' } }];
    const written = await send(line, '', { authorization: `Token ${writer}` });
    assert.equal(written.end?.created, 1);
    const entry = await server.database.db
      .selectFrom('audit_events')
      .select('actor')
      .where('action', '=', 'stagedoor.directory.organizer.changed')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    assert.equal(entry?.actor, 'operator:writer');
  });

  test('methods other than POST get 405', async () => {
    const answer = await callManagement(server, 'GET', BULK);
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST']);
  });

  test('the first batch stays committed if the second one is never sent', async () => {
    const request = sendHead(server, `POST ${BULK}`, {
      authorization: `Token ${server.operatorToken}`,
      'content-type': 'application/jsonl',
      'content-length': 100_000,
    });
    request.socket.write(
      `${linesOf([organizer('kept')])}{"organizer": {"slug": "half", "name": "x"}}`,
    );
    await request.answers(/"organizer":"kept"/);
    request.socket.destroy();
    await sleep(200);
    await manage(server, 'GET', '/api/v1/directory/organizers/kept/');
    const half = await callManagement(server, 'GET', '/api/v1/directory/organizers/half/');
    assert.equal(half.status, 404);
  });
});
