import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitRepeatedLines } from '../../src/lib/repeated-lines.ts';

test('1,000 failures of two causes within an interval: each is logged at once and counted once', async () => {
  const lines: string[] = [];
  const limit = limitRepeatedLines(40);
  for (let i = 0; i < 1_000; i += 1) {
    const cause = i % 4 === 0 ? 'a' : 'b';
    limit(cause, (repeated) => lines.push(`${cause} ${i} ${repeated}`));
  }
  assert.deepEqual(lines, ['a 0 undefined', 'b 1 undefined']);
  await sleep(60);
  assert.deepEqual(lines.slice(2).sort(), ['a 996 249', 'b 999 749']);
  await sleep(60);
  assert.equal(lines.length, 4, 'nothing more happened');
  limit('a', () => lines.push('a again'));
  assert.equal(lines.at(-1), 'a again');
});

test('more causes than fit: the others share one line', () => {
  let lines = 0;
  const limit = limitRepeatedLines();
  for (let i = 0; i < 10_000; i += 1) {
    limit(`cause ${i}`, () => {
      lines += 1;
    });
  }
  assert.equal(lines, 101);
});
