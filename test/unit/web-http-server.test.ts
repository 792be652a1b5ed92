import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpServer, mayTakeLong } from '../../src/http/http-server.ts';
import { sendHead } from '../support/raw-request.ts';

/** Timeout for receiving a request, and the interval of its check, in milliseconds. */
const LIMITS = { requestTimeout: 200, headersTimeout: 200, connectionsCheckingInterval: 50 };

async function withServer(
  listener: RequestListener,
  work: (server: { issuer: string }) => Promise<void>,
): Promise<void> {
  const server = createHttpServer(listener, LIMITS).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    await work({ issuer: `http://127.0.0.1:${typeof address === 'object' && address?.port}` });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const readAll: RequestListener = (request, response) => {
  let length = 0;
  request.on('data', (chunk) => {
    length += chunk.length;
  });
  request.on('end', () => response.end(`${length} bytes`));
  // The server closes the connection.
  request.on('error', () => {});
};
const head = { 'content-length': 3 };

test('an incomplete request is 408 after the timeout', () =>
  withServer(readAll, async (server) => {
    const request = sendHead(server, 'POST /', head);
    request.socket.write('a');
    assert.match(await request.answers(/\r\n\r\n/), /^HTTP\/1\.1 408 Request Timeout\r\n/);
    assert.equal(await request.closed, 'ended');
  }));

test('a request with mayTakeLong has no timeout, the next one on its connection has', () =>
  withServer(
    (request, response) => {
      if (request.url === '/long') {
        mayTakeLong(request);
      }
      return readAll(request, response);
    },
    async (server) => {
      const request = sendHead(server, 'POST /long', head);
      for (const byte of 'abc') {
        await sleep(200);
        request.socket.write(byte);
      }
      await request.answers(/3 bytes/);
      request.socket.write('POST /short HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na');
      await request.answers(/3 bytes[\s\S]*HTTP\/1\.1 408 /);
    },
  ));

test('headers above the limit are 431', () =>
  withServer(readAll, async (server) => {
    const request = sendHead(server, 'POST /', { 'x-long': 'x'.repeat(100_000) });
    await request.answers(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    request.socket.destroy();
  }));

test('a response that has begun is not followed by a second one', () =>
  withServer(
    (request, response) => {
      response.write('half');
      request.resume();
    },
    async (server) => {
      const request = sendHead(server, 'POST /', head);
      await request.closed;
      assert.match(request.answer(), /^HTTP\/1\.1 200 [\s\S]*half\r\n$/);
    },
  ));

test('requests that are answered before their body arrives leave no listeners on the connection', () => {
  const counts: number[] = [];
  return withServer(
    (request, response) => {
      counts.push(request.socket.listenerCount('close'));
      response.end('early');
    },
    async (server) => {
      const request = sendHead(server, 'POST /', head);
      for (let sent = 1; sent <= 5; sent += 1) {
        await request.answers(new RegExp(`(early[\\s\\S]*){${sent}}`));
        request.socket.write('abcPOST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n');
      }
      await request.answers(/(early[\s\S]*){6}/);
      request.socket.destroy();
      // At the first request, the connection has no earlier one.
      assert.equal(counts.at(-1), counts[1], counts.join());
    },
  );
});
