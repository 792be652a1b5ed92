import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  type CredentialPrefix,
  hashOf,
  isWellFormed,
  newCredential,
  randomText,
} from '../../src/lib/credentials.ts';

const PREFIXES: readonly CredentialPrefix[] = ['sda', 'sdr', 'sds', 'sdo'];

describe('Credential', () => {
  test('has its prefix, a fixed length and no character that needs escaping', () => {
    for (const prefix of PREFIXES) {
      const credential = newCredential(prefix);
      assert.match(credential, new RegExp(`^${prefix}_[0-9A-Za-z]{49}$`));
      assert.ok(isWellFormed(prefix, credential));
    }
  });

  test('is valid for its own prefix only', () => {
    for (const prefix of PREFIXES) {
      const credential = newCredential(prefix);
      for (const other of PREFIXES.filter((one) => one !== prefix)) {
        assert.ok(!isWellFormed(other, credential));
        assert.ok(
          !isWellFormed(other, credential.replace(prefix, other)),
          'the checksum covers the prefix',
        );
      }
    }
  });

  test('with any character changed is invalid', () => {
    const credential = newCredential('sda');
    for (let i = 0; i < credential.length; i += 1) {
      const other = credential[i] === 'x' ? 'y' : 'x';
      const changed = credential.slice(0, i) + other + credential.slice(i + 1);
      assert.ok(!isWellFormed('sda', changed), `character ${i}`);
    }
  });

  test('with two neighboring characters swapped is invalid', () => {
    const credential = newCredential('sdr');
    for (let i = 4; i + 1 < credential.length; i += 1) {
      const [a = '', b = ''] = credential.slice(i, i + 2);
      const swapped = credential.slice(0, i) + b + a + credential.slice(i + 2);
      assert.equal(isWellFormed('sdr', swapped), a === b, `characters ${i} and ${i + 1}`);
    }
  });

  test('shortened, extended or with a non-ASCII character is invalid', () => {
    const credential = newCredential('sda');
    for (const other of [
      '',
      'sda_',
      credential.slice(0, -1),
      `${credential}0`,
      ` ${credential}`,
      `${credential}\n`,
      `${credential.slice(0, -1)}é`,
      credential.toUpperCase(),
    ]) {
      assert.ok(!isWellFormed('sda', other), JSON.stringify(other));
    }
  });

  test('is different each time', () => {
    const many = new Set(Array.from({ length: 1000 }, () => newCredential('sda')));
    assert.equal(many.size, 1000);
  });

  test('is stored as its SHA-256', () => {
    const credential = newCredential('sds');
    const expected = createHash('sha256').update(credential, 'utf8').digest('hex');
    assert.equal(hashOf(credential).toString('hex'), expected);
    assert.equal(hashOf(credential).length, 32);
  });
});

describe('Random text', () => {
  test('has exactly the requested length', () => {
    for (const length of [0, 1, 2, 43, 500]) {
      assert.equal(randomText(length).length, length);
    }
  });

  test('contains each of the 62 symbols about equally often', () => {
    const counts = new Map<string, number>();
    for (const symbol of randomText(62_000)) {
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    assert.equal(counts.size, 62);
    for (const [symbol, count] of counts) {
      // Expected 1000, standard deviation 32: a difference of more than 6 deviations is a bias.
      assert.ok(Math.abs(count - 1000) < 200, `${symbol} came ${count} times`);
    }
  });
});
