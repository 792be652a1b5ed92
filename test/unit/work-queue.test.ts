import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLaterError } from '../../src/lib/errors.ts';
import { createWorkQueue, type Priority } from '../../src/lib/work-queue.ts';

/** Creates a queue with jobs that end when the test ends them. */
function controlled(atOnce: number) {
  const queue = createWorkQueue(atOnce, () => {});
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const add = (priority: Priority, name: string) =>
    queue.run(priority, () => {
      order.push(name);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(resolve);
      return promise;
    });
  const endOne = async () => {
    ends.shift()?.();
    await sleep(1);
  };
  return { queue, order, add, endOne };
}

describe('Work queue', () => {
  test('runs a limited number of jobs at once, and the others by priority', async () => {
    const { queue, order, add, endOne } = controlled(2);
    const jobs = [
      add('import', 'i1'),
      add('import', 'i2'),
      add('import', 'i3'),
      add('stranger', 's1'),
      add('stranger', 's2'),
      add('trusted', 't1'),
    ];
    assert.deepEqual(order, ['i1', 'i2']);
    assert.equal(queue.waiting('stranger'), 2);
    for (let n = 0; n < jobs.length; n += 1) {
      await endOne();
    }
    await Promise.all(jobs);
    assert.deepEqual(order, ['i1', 'i2', 't1', 's1', 's2', 'i3']);
    assert.equal(queue.waiting('stranger'), 0);
  });

  test('continues with the next job after a failure', async () => {
    const { queue, order, add, endOne } = controlled(1);
    const failing = queue.run('stranger', () => Promise.reject(new Error('broken')));
    const next = add('stranger', 'next');
    await assert.rejects(failing, /broken/);
    await endOne();
    await next;
    assert.deepEqual(order, ['next']);
  });

  test('runs an import that has waited for a second, even during a flood', async (t) => {
    const { order, add, endOne } = controlled(1);
    const first = add('trusted', 'first');
    const waiting = add('import', 'import');
    const later = performance.now() + 1050;
    t.mock.method(performance, 'now', () => later);
    const late = add('trusted', 'late');
    await endOne();
    assert.deepEqual(order, ['first', 'import']);
    await endOne();
    await endOne();
    await Promise.all([first, waiting, late]);
  });

  test('refuses strangers when their places are taken, and still accepts trusted users', () => {
    let refusals = 0;
    const queue = createWorkQueue(1, () => {
      refusals += 1;
    });
    const places = Array.from({ length: 30 }, () => queue.enter('stranger'));
    assert.throws(
      () => queue.enter('stranger'),
      (error) => error instanceof RetryLaterError && error.code === 'unavailable',
    );
    assert.equal(refusals, 1);
    queue.enter('trusted')();
    places[0]?.();
    queue.enter('stranger');
    assert.throws(() => queue.enter('stranger'));
  });
});
