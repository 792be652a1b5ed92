import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remember } from '../../src/lib/remember.ts';

test('A result is computed once, but one of a long text is not kept', () => {
  let computed = 0;
  const lengthOf = remember((text) => {
    computed += 1;
    return text.length;
  });
  for (const text of ['a', 'a', 'a'.repeat(256), 'a'.repeat(256)]) {
    assert.equal(lengthOf(text), text.length);
  }
  assert.equal(computed, 3);
});
