import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import Koa from 'koa';
import { refuseUnserved, takeTurns, waitingSince } from '../../src/http/take-turns.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Sends requests in one turn of the event loop, and lists those that have begun. */
function send(paths: readonly string[]) {
  const begun: IncomingMessage[] = [];
  const listener = takeTurns((request) => begun.push(request), new Set(['/introspect']));
  const requests = paths.map((path) => {
    const request = new IncomingMessage(new Socket());
    request.url = path;
    listener(request, new ServerResponse(request));
    return request;
  });
  const untilAllBegun = async () => {
    while (begun.length < paths.length) {
      await nextTurn();
    }
  };
  return { requests, begun, untilAllBegun };
}

/** Returns the error that the application gets for a request. */
async function refusal(request: IncomingMessage): Promise<unknown> {
  const ctx = new Koa().createContext(request, new ServerResponse(request));
  const middleware = refuseUnserved();
  try {
    // Koa adds the types of its routers.
    await middleware(ctx as Parameters<typeof middleware>[0], () => Promise.resolve());
    return undefined;
  } catch (error) {
    return error;
  }
}

const burst = (count: number) => Array.from({ length: count }, () => '/login');

describe('Turns', () => {
  test('of a burst: 4 requests begin in each turn of the event loop', async () => {
    const { begun, requests } = send(burst(40));
    const counts: number[] = [];
    while (begun.length < 40) {
      await nextTurn();
      counts.push(begun.length);
    }
    const steps = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    assert.ok(
      steps.slice(1).every((step) => step <= 4),
      String(counts),
    );
    assert.ok((counts[0] ?? 0) <= 8, String(counts));
    assert.deepEqual(begun, requests, 'in the order of arrival');
  });

  test('are not needed for urgent paths, with or without parameters', async () => {
    const { begun, untilAllBegun } = send([...burst(40), '/introspect', '/introspect?x=1']);
    assert.deepEqual(
      begun.map(({ url }) => url),
      ['/introspect', '/introspect?x=1'],
    );
    await untilAllBegun();
  });

  test('are refused by the application if too many wait, or the client has left', async () => {
    const { requests, untilAllBegun } = send(burst(5_005));
    requests[5_000]?.socket.destroy();
    await untilAllBegun();
    assert.equal(await refusal(requests[0] ?? assert.fail()), undefined);
    assert.match(String(await refusal(requests[5_000] ?? assert.fail())), /RetryLaterError/);
    assert.match(String(await refusal(requests[5_004] ?? assert.fail())), /RetryLaterError/);
  });

  test('count as a part of the time that a request takes', async () => {
    const start = performance.now();
    const { requests, untilAllBegun } = send(burst(8));
    const sent = performance.now();
    while (performance.now() - sent < 2) {
      // The event loop is busy.
    }
    await untilAllBegun();
    const since = waitingSince(requests[7] ?? assert.fail());
    assert.ok(since !== undefined && since >= start && since <= sent, String(since));
  });
});
