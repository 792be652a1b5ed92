import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { AdmissionQueue } from '../../src/lib/admission-queue.ts';
import { RetryLaterError } from '../../src/lib/errors.ts';
import { asRequester, currentRequester } from '../../src/lib/requester.ts';

/** A queue with one place, which is taken, and the names of those that were served. */
async function busyQueue() {
  const queue = new AdmissionQueue({ places: 1, waiting: 100 });
  const served: string[] = [];
  await queue.enter();
  const wait = (name: string, isGone = () => false) =>
    asRequester(isGone, () => queue.enter()).then(
      () => served.push(name),
      (error: unknown) => {
        assert.ok(error instanceof RetryLaterError);
        served.push(`${name} ${error.code === 'client_left' ? 'dropped' : 'refused'}`);
      },
    );
  const serveAll = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      queue.leave();
      await settled();
    }
  };
  return { queue, served, wait, serveAll };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Admission queue', () => {
  test('serves in the order of arrival', async () => {
    const { queue, served, wait, serveAll } = await busyQueue();
    const waiting = ['a', 'b', 'c'].map((name) => wait(name));
    assert.deepEqual(queue.use(), { inUse: 1, waiting: 3, refused: 0, abandoned: 0 });
    await serveAll(3);
    await Promise.all(waiting);
    assert.deepEqual(served, ['a', 'b', 'c']);
    queue.leave();
    assert.deepEqual(queue.use(), { inUse: 0, waiting: 0, refused: 0, abandoned: 0 });
  });

  test('serves a request first that has begun to work', async () => {
    const queue = new AdmissionQueue({ places: 1, waiting: 100 });
    const served: string[] = [];
    const enter = (name: string) => queue.enter().then(() => served.push(name));
    await asRequester(
      () => false,
      async () => {
        await queue.enter();
        const requester = currentRequester() ?? assert.fail();
        requester.hasBegun = true;
        const others = asRequester(
          () => false,
          () => enter('new'),
        );
        const own = enter('begun');
        queue.leave();
        await own;
        queue.leave();
        await others;
      },
    );
    assert.deepEqual(served, ['begun', 'new']);
  });

  test('drops a request whose client is gone, which is no refusal', async () => {
    const { queue, served, wait, serveAll } = await busyQueue();
    let isGone = false;
    const waiting = [wait('gone', () => isGone), wait('b')];
    isGone = true;
    await serveAll(1);
    await Promise.all(waiting);
    assert.deepEqual(served.toSorted(), ['b', 'gone dropped']);
    assert.deepEqual(queue.use(), { inUse: 1, waiting: 0, refused: 0, abandoned: 1 });
  });

  test('refuses more than the limit at once', async () => {
    const { queue, wait, serveAll, served } = await busyQueue();
    const waiting = Array.from({ length: 101 }, (_, n) => wait(String(n)));
    await settled();
    assert.deepEqual(served, ['100 refused']);
    assert.deepEqual(queue.use(), { inUse: 1, waiting: 100, refused: 1, abandoned: 0 });
    await serveAll(100);
    await Promise.all(waiting);
  });

  test('serves the newest first under overload, and refuses after five seconds', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let now = 0;
    mock.method(performance, 'now', () => now);
    t.after(() => mock.restoreAll());
    const { queue, served, wait, serveAll } = await busyQueue();
    const waiting = ['a', 'b', 'c'].map((name) => wait(name));
    now = 1_500;
    t.mock.timers.tick(1_500);
    await serveAll(1);
    assert.deepEqual(served, ['c']);
    t.mock.timers.tick(3_500);
    await Promise.all(waiting);
    assert.deepEqual(served, ['c', 'a refused', 'b refused']);
    assert.deepEqual(queue.use(), { inUse: 1, waiting: 0, refused: 2, abandoned: 0 });
  });
});
