import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import Koa from 'koa';
import { takeTurns } from '../../src/http/take-turns.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Sends requests to the middleware in one turn of the event loop, and counts those that have begun. */
function send(paths: readonly string[]) {
  const app = new Koa();
  const middleware = takeTurns();
  const begun: string[] = [];
  const answers = paths.map((path) => {
    const request = new IncomingMessage(new Socket());
    request.url = path;
    const ctx = app.createContext(request, new ServerResponse(request));
    const next = async () => {
      begun.push(path);
    };
    // Koa adds the types of its routers.
    return Promise.resolve(middleware(ctx as Parameters<typeof middleware>[0], next));
  });
  return { begun, all: Promise.all(answers) };
}

describe('Turns', () => {
  test('of a burst: 16 requests begin in each turn of the event loop', async () => {
    const { begun, all } = send(Array.from({ length: 40 }, () => '/login'));
    const counts: number[] = [];
    while (begun.length < 40) {
      await nextTurn();
      counts.push(begun.length);
    }
    await all;
    const steps = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    assert.ok(
      steps.slice(1).every((step) => step <= 16),
      String(counts),
    );
    assert.ok((counts[0] ?? 0) <= 32, String(counts));
  });

  test('are not needed for probes', async () => {
    const { begun, all } = send([...Array.from({ length: 40 }, () => '/login'), '/readyz']);
    await Promise.resolve();
    assert.ok(begun.includes('/readyz'));
    await all;
  });
});
