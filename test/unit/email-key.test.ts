import assert from 'node:assert/strict';
import test from 'node:test';
import { emailKey } from '../../src/lib/email.ts';

const SAME: readonly (readonly [address: string, key: string])[] = [
  ['ada@example.org', 'ada@example.org'],
  ['ADA.Lovelace+x@Example.ORG', 'ada.lovelace+x@example.org'],
  // Outside A to Z the local part is unchanged.
  ['vİctİm@example.org', 'vİctİm@example.org'],
  ['\u212Aate@example.org', '\u212Aate@example.org'],
  ['dıgıt@example.org', 'dıgıt@example.org'],
  ['ＡＤＡ@example.org', 'ＡＤＡ@example.org'],
  ['STRASSE@example.org', 'strasse@example.org'],
  ['STRAẞE@example.org', 'straẞe@example.org'],
  ['e\u0301@example.org', 'e\u0301@example.org'],
  // The domain is normalized as for a DNS query.
  ['ada@gmaİl.example', 'ada@xn--gmail-bgd.example'],
  ['ada@gmaıl.example', 'ada@xn--gmal-nza.example'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
  ['ada@faß.example', 'ada@xn--fa-hia.example'],
  ['ada@\u212Aelvin.example', 'ada@kelvin.example'],
  ['ada@ｅｘａｍｐｌｅ.org', 'ada@example.org'],
  ['ada@example。org', 'ada@example.org'],
  ['ada@localhost', 'ada@localhost'],
];

const NONE: readonly string[] = [
  '',
  'ada',
  '@example.org',
  'ada@',
  'ada@@example.org',
  'ada@example.org@example.org',
  'ada@example.org.',
  'ada@example.org。',
  'ada@.example.org',
  'ada@example..org',
  'ada@\u00AD.org',
  'ada@exa\u200Dmple.org',
  // The URL parser would cut, decode or remove these.
  'ada@example.org/victim.org',
  'ada@example.org?x',
  'ada@example.org#x',
  'ada@example.org\\x',
  'ada@example.org:25',
  'ada@ex%61mple.org',
  'ada@ex％61mple.org',
  'ada@example\u00AD／x.org',
  'ada@exa\tmple.org',
  'ada@[127.0.0.1]',
  'ada@127.0.0.1',
  'ada@1.2',
  'ada@１２７.0.0.１',
  'ada@0x7f.1',
  'ada@0x7f',
  'a da@example.org',
  'a\u00A0da@example.org',
  'a\u3000da@example.org',
  ' ada@example.org',
  'ada@example.org ',
  'ada@exam ple.org',
  '\0a@b.example',
  'a\u0007@b.example',
  'a\u007F@b.example',
  'a\u0085@b.example',
  'a\uD800@b.example',
  'a@b\uDC00.example',
  '"ada"@example.org',
  'Ada <ada@example.org>',
  'ada,bob@example.org',
  `${'a'.repeat(65)}@example.org`,
  `ada@${'a'.repeat(64)}.org`,
  `ada@${'a.'.repeat(126)}org`,
  `ada@${'ü'.repeat(60)}.${'ü'.repeat(60)}.${'ü'.repeat(60)}.${'ü'.repeat(60)}`,
];

test('an e-mail key has lower-case ASCII letters and an ASCII domain, and is its own key', () => {
  for (const [address, key] of SAME) {
    assert.equal(emailKey(address), key, JSON.stringify(address));
    assert.equal(emailKey(key), key, JSON.stringify(key));
  }
});

test('an invalid e-mail address has no key', () => {
  for (const value of NONE) {
    assert.equal(emailKey(value), undefined, JSON.stringify(value));
  }
});

test('no address with a non-ASCII character in its local part has the key of another address', () => {
  for (let code = 0x80; code <= 0xffff; code += 1) {
    const key = emailKey(`${String.fromCharCode(code)}@example.org`);
    assert.ok(key === undefined || /[^ -~]/.test(key), code.toString(16));
  }
});
