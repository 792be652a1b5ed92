import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPasswordFault } from '../../src/users/password-rules.ts';

const PERSONAL = ['ada.lovelace@example.com', 'Ada King Lovelace', 'u1', 'login.example.org', 'Bo'];
const faults = (passwords: readonly string[]) =>
  Promise.all(passwords.map((one) => findPasswordFault(one, PERSONAL)));

test('length is counted in characters, not in bytes or code units', async () => {
  assert.deepEqual(await faults(['', 'x1y2z3w', 'ÄxÖyÜzß', '🎟a🎭b🎪c🎬', '🎟a🎭b🎪c🎬d']), [
    'missing',
    'short',
    'short',
    'short',
    undefined,
  ]);
  assert.equal(await findPasswordFault('äöü'.repeat(200), PERSONAL), 'long');
});

test('known data about the user is refused, in any case and with added digits or punctuation', async () => {
  const known = [
    'ada.lovelace@example.com',
    'Lovelace',
    'LOVELACE1815',
    '!lovelace!',
    'Ada King Lovelace',
    'adakinglovelace',
    'ada.lovelace',
    'login.example.org',
  ];
  assert.deepEqual(
    await faults(known),
    known.map(() => 'personal'),
  );
});

test('a password that only contains such data is accepted', async () => {
  assert.deepEqual(await faults(['lovelace wrote the notes', 'Bologna La Grassa', 'u1u2u9x7']), [
    undefined,
    undefined,
    undefined,
  ]);
});

test('common passwords are refused', async () => {
  const common = [
    'password',
    'Passw0rd!',
    'passwort2026',
    'p@ssword1!',
    'Sommer2026',
    'qwertyuiop',
    '1qaz2wsx',
    'iloveyou',
    // Only in the dictionary.
    'liverpool',
    'Liverpool1892!',
    'changeme',
    'fussball99',
    '12345678',
    '87654321',
    '1234567890',
    'abcdefgh',
    'aaaaaaaa',
    'abababab',
    'abcabcabc',
    'xyxyxyxyx',
  ];
  assert.deepEqual(
    await faults(common),
    common.map(() => 'common'),
  );
});

test('a long, uncommon password is accepted with any kind of characters', async () => {
  const good = [
    'wolkenlos',
    'hunter wolkenlos',
    'harley!7x',
    'correct horse battery staple',
    '9483172645',
    'ßüßüäö漢字',
  ];
  assert.deepEqual(
    await faults(good),
    good.map(() => undefined),
  );
});
