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

test('a text of few characters with thousands of code units is cut, too', () => {
  assert.equal(shorten(`a${'\u0301'.repeat(5000)}`, 10), `a${'\u0301'.repeat(199)}…`);
  const endless = shorten('👩\u200d'.repeat(5000), 10);
  assert.ok(endless.length <= 201 && endless.isWellFormed(), endless);
});
