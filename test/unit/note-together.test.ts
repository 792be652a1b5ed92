import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { noteTogether } from '../../src/mail/note-together.ts';

describe('Notes', () => {
  test('that come during a write are written together after it', async () => {
    const writes: { readonly items: readonly string[]; readonly end: () => void }[] = [];
    const note = noteTogether((items: readonly string[]) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      writes.push({ items, end: resolve });
      return promise;
    });
    const first = note('a');
    await setImmediate();
    const others = [note('b'), note('c')];
    await setImmediate();
    assert.deepEqual(
      writes.map(({ items }) => items),
      [['a']],
    );
    writes[0]?.end();
    await first;
    await setImmediate();
    assert.deepEqual(writes[1]?.items, ['b', 'c']);
    writes[1]?.end();
    await Promise.all(others);
  });

  test('of a failed write are rejected, later ones are written', async () => {
    let fails = true;
    const note = noteTogether(async () => {
      if (fails) {
        throw new Error('unreachable');
      }
    });
    await Promise.all([note('a'), note('b')].map((one) => assert.rejects(one, /unreachable/)));
    fails = false;
    await note('c');
  });
});
