import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shorten } from '../../src/lib/shorten.ts';

test('a text is cut between characters as readers count them', () => {
  assert.equal(shorten('Box Office', 10), 'Box Office');
  assert.equal(shorten('Box Office', 4), 'Box…');
  const family = '👩‍👩‍👧‍👦';
  assert.equal(shorten(family.repeat(3), 3), family.repeat(3));
  assert.equal(shorten(family.repeat(4), 3), `${family.repeat(3)}…`);
});
