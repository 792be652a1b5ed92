import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPasswordFault } from '../../src/users/password-rules.ts';

const PERSONAL = ['ada.lovelace@example.com', 'Ada King Lovelace', 'u1', 'login.example.org', 'Bo'];
const faults = (passwords: readonly string[]) =>
  Promise.all(passwords.map((one) => findPasswordFault(one, PERSONAL)));

test('length counts in characters, not in bytes or code units', async () => {
  assert.deepEqual(await faults(['', 'x1y2z3w', 'ÄxÖyÜzß', '🎟a🎭b🎪c🎬', '🎟a🎭b🎪c🎬d']), [
    'missing',
    'short',
    'short',
    'short',
    undefined,
  ]);
  assert.equal(await findPasswordFault('äöü'.repeat(200), PERSONAL), 'long');
});

test('what everybody knows of the person is refused, in any case and with decoration', async () => {
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

test('what only contains it is not', async () => {
  assert.deepEqual(await faults(['lovelace wrote the notes', 'Bologna La Grassa', 'u1u2u9x7']), [
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is tried first is refused', async () => {
  const common = [
    'password',
    'Passw0rd!',
    'passwort2026',
    'p@ssword1!',
    'Sommer2026',
    'qwertyuiop',
    '1qaz2wsx',
    'iloveyou',
    // Of the dictionary only.
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

test('what is long enough and not guessed is taken, whatever it is made of', async () => {
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
