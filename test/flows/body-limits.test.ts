import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BULK } from '../support/bulk.ts';
import { withServer } from '../support/fixture.ts';
import { sendHead } from '../support/raw-request.ts';
import { startServer } from '../support/server.ts';

const TEN_GB = 10_000_000_000;
const FORM = 'application/x-www-form-urlencoded';

const server = withServer();
let operator: string;
before(async () => {
  operator = `Token ${server.operatorToken}`;
});

/** Endpoints that read a body, with the content type and the limit in bytes. */
const BODIES = [
  ['PUT', '/api/v1/users/ada/', 'application/json', 1024 * 1024],
  ['PATCH', '/api/v1/users/ada/', 'application/json', 1024 * 1024],
  ['POST', '/api/v1/applications/', 'application/json', 1024 * 1024],
  ['POST', BULK, 'application/jsonl', 256 * 1024 * 1024],
  ['POST', '/api/v1/oauth/introspect', FORM, 100 * 1024],
  ['POST', '/api/v1/oauth/token', FORM, 56 * 1024],
  ['POST', '/api/v1/oauth/revoke_token', FORM, 56 * 1024],
  ['POST', '/api/v1/oauth/par', FORM, 100 * 1024],
  ['POST', '/api/v1/oauth/authorize', FORM, 100 * 1024],
  ['POST', '/login', FORM, 100 * 1024],
] as const;

describe('Request body with a content length above the limit', () => {
  for (const [method, path, type, limit] of BODIES) {
    const head = (length: number) => ({
      authorization: operator,
      'content-type': type,
      'content-length': length,
    });

    test(`${method} ${path}: 413 before any of it is read`, async () => {
      for (const length of [TEN_GB, limit + 1]) {
        const request = sendHead(server, `${method} ${path}`, head(length));
        assert.match(await request.answers(/\r\n\r\n./s), /^HTTP\/1\.1 413 /);
        request.socket.destroy();
      }
    });

    test(`${method} ${path}: 413 instead of 100 Continue`, async () => {
      const request = sendHead(server, `${method} ${path}`, {
        ...head(TEN_GB),
        expect: '100-continue',
      });
      assert.equal(await request.closed, 'ended');
      assert.match(request.answer(), /^HTTP\/1\.1 413 /);
      assert.doesNotMatch(request.answer(), /100 Continue/);
      request.socket.destroy();
    });
  }

  test('a body within the limit gets 100 Continue', async () => {
    const body = '{"email": "ada@example.com"}';
    const request = sendHead(server, 'PUT /api/v1/users/ada/', {
      authorization: operator,
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    });
    assert.match(await request.answers(/\r\n\r\n/), /^HTTP\/1\.1 100 Continue\r\n\r\n/);
    request.socket.write(body);
    assert.match(await request.answers(/"email"/), /HTTP\/1\.1 201 /);
    request.socket.destroy();
  });

  test('a body within the limit gets 100 Continue at the token endpoint', async () => {
    const request = sendHead(server, 'POST /api/v1/oauth/token', {
      'content-type': FORM,
      'content-length': 3,
      expect: '100-continue',
    });
    await request.answers(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    request.socket.write('a=b');
    await request.answers(/HTTP\/1\.1 401 /);
    request.socket.destroy();
  });
});

describe('Chunked request body above the limit', () => {
  for (const [method, path, type, limit] of BODIES) {
    test(`${method} ${path}: reading stops, and the client receives the response`, async () => {
      const request = sendHead(server, `${method} ${path}`, {
        authorization: operator,
        'content-type': type,
        'transfer-encoding': 'chunked',
      });
      const chunk = Buffer.concat([
        Buffer.from(`${(64 * 1024).toString(16)}\r\n`),
        Buffer.alloc(64 * 1024, 'x'),
        Buffer.from('\r\n'),
      ]);
      // Reads only after it has sent everything: twice the limit, or 8 MiB more, which a slow
      // machine discards within the five seconds before the server closes the connection.
      const length = Math.min(limit * 2, limit + 8 * 1024 * 1024);
      request.socket.pause();
      for (let sent = 0; sent <= length && !request.socket.destroyed; sent += 64 * 1024) {
        if (!request.socket.write(chunk)) {
          await Promise.race([once(request.socket, 'drain'), sleep(5_000)]);
        }
      }
      request.socket.resume();
      await request.answers(/^HTTP\/1\.1 413 [\s\S]*\r\n\r\n./);
      request.socket.destroy();
    });
  }

  test('a client that never stops sending is disconnected', async () => {
    const request = sendHead(server, 'PUT /api/v1/users/ada/', {
      authorization: operator,
      'content-type': 'application/json',
      'content-length': TEN_GB,
    });
    await request.answers(/^HTTP\/1\.1 413 /);
    const sending = setInterval(() => request.socket.write('x'.repeat(1000)), 20);
    const start = performance.now();
    await request.closed;
    clearInterval(sending);
    assert.ok(performance.now() - start < 30_000);
    request.socket.destroy();
  });
});

test('a body that was read completely leaves the connection usable', async () => {
  const body = '{"email": "x"}';
  const head = { authorization: operator, 'content-type': 'application/json' };
  const request = sendHead(server, 'PUT /api/v1/users/eve/', {
    ...head,
    'content-length': body.length,
  });
  request.socket.write(body);
  await request.answers(/^HTTP\/1\.1 400 [\s\S]*valid email/);
  request.socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  await request.answers(/HTTP\/1\.1 200 /);
  request.socket.write('no HTTP\r\n\r\n');
  await request.answers(
    /HTTP\/1\.1 400 Bad Request\r\n(?:[\w-]+: [\w-]+\r\n)*Connection: close\r\n\r\n$/,
  );
});

test('stalled bodies occupy no database connection', async () => {
  const small = await startServer({ DATABASE_CONNECTIONS: '2' });
  const stalled = ['token', 'revoke_token', 'par', 'introspect', 'token', 'token'].map((endpoint) =>
    sendHead(small, `POST /api/v1/oauth/${endpoint}`, {
      'content-type': FORM,
      'content-length': 100,
    }),
  );
  try {
    // The server waits for all of these bodies.
    await sleep(500);
    const answer = await fetch(`${small.issuer}/api/v1/users/`, {
      headers: { authorization: operator },
      signal: AbortSignal.timeout(5_000),
    });
    assert.equal(answer.status, 200);
    // Each request is still served when its body arrives.
    const [first] = stalled;
    first?.socket.write('grant_type=authorization_code&code='.padEnd(100, 'x'));
    assert.match((await first?.answers(/invalid_client|invalid_request/)) ?? '', / 40[01] /);
  } finally {
    for (const { socket } of stalled) {
      socket.destroy();
    }
    await small.close();
  }
});
