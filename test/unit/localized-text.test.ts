import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localized } from '../../src/lib/localized-text.ts';

test('a multilingual text is shown in the reader’s language, else English, else the first language', () => {
  assert.equal(localized('Plain', 'de'), 'Plain');
  assert.equal(localized({ en: 'Red', de: 'Rot' }, 'de'), 'Rot');
  assert.equal(localized({ fr: 'Rouge', en: 'Red' }, 'de'), 'Red');
  assert.equal(localized({ fr: 'Rouge', it: 'Rosso' }, 'de'), 'Rouge');
  assert.equal(localized({}, 'en'), '');
});

test('a blank text counts as missing', () => {
  assert.equal(localized({ en: 'Red', de: '' }, 'de'), 'Red');
  assert.equal(localized({ en: ' ', de: ' \t', fr: 'Rouge' }, 'de'), 'Rouge');
  assert.equal(localized({ en: '', de: ' ' }, 'de'), '');
});

test('a regional variant counts as its language, and an exact match has priority', () => {
  assert.equal(localized({ en: 'Red', 'de-informal': 'Rot' }, 'de'), 'Rot');
  assert.equal(localized({ 'de-AT': 'Rot (AT)', DE: 'Rot' }, 'de'), 'Rot');
  assert.equal(localized({ fr: 'Rouge', 'en-GB': 'Red' }, 'de'), 'Red');
  assert.equal(localized({ den: 'Dene', fr: 'Rouge' }, 'de'), 'Dene');
  assert.equal(localized({ fr: 'Rouge', den: 'Dene' }, 'de'), 'Rouge');
});
