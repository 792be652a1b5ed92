import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  inWords,
  redirectUriErrors,
} from '../../src/applications/pages/redirect-uri-presenters.ts';
import { checkRedirectUri } from '../../src/applications/redirect-uri.ts';
import { CATALOGUES, translator } from '../../src/http/translate.ts';
import { pattern, says, textFor } from '../support/texts.ts';

const [english, german] = [translator<string>('en'), translator<string>('de')];

/** At least one for each sentence of redirect-uri.ts. */
const REFUSED = [
  '',
  `https://app.example.com/${'x'.repeat(2000)}`,
  'https://app.example.com/a b',
  'https://app.example.com/*',
  'https://app.example.com/#x',
  '/callback',
  'HTTPS://app.example.com/callback',
  'https:///callback',
  'https://user@app.example.com/',
  'http://127.1/callback',
  'https://0x8.8.8.8/callback',
  'https://app..example.com/callback',
  'http://app.example.com/callback',
  'https://8.8.8.8/callback',
  'https://127.0.0.1/callback',
  'javascript:alert(1)',
  'com.example.app:/callback',
  'com.example.app:callback',
  'com.example.app://user@host/callback',
  'https://app.example.com/ä',
  'https://app.example.com/a/../b',
];

test('every sentence about a redirect URI is in the catalogue, in both languages', () => {
  const found = new Set<string>();
  for (const uri of REFUSED) {
    for (const clientType of ['confidential', 'public'] as const) {
      const sentence = checkRedirectUri(uri, clientType);
      if (sentence !== undefined) {
        assert.equal(inWords(english, sentence), sentence);
        const translated = inWords(german, sentence);
        assert.notEqual(translated, sentence, `"${sentence}" has no German`);
        assert.doesNotMatch(translated, /\{\w+\}/, sentence);
        found.add(inWords((key) => key, sentence));
      }
    }
  }
  const keys = [...CATALOGUES.en.keys()].filter((key) => key.startsWith('redirect_uri.'));
  assert.deepEqual([...found].sort(), keys.sort(), 'and none is there that nobody says');
});

test('each problem is told with the line that it is in', () => {
  const text = 'https://app.example.com/\r\n\r\n  foo:bar  \r\nhttps://app.example.com/';
  const [first, second, ...more] = redirectUriErrors(german, text, 'confidential');
  assert.match(
    first ?? '',
    pattern`^${says('applications.error.redirect_uris.line', { line: 3 }, 'de')}`,
  );
  assert.equal(
    second,
    textFor('applications.error.redirect_uris.twice', { line: 4, first: 1 }, 'de'),
  );
  assert.deepEqual(more, []);
  assert.match(
    redirectUriErrors(german, 'foo:bar', 'public')[0] ?? '',
    pattern`^${says('redirect_uri.scheme_public', { scheme: 'foo' }, 'de')}`,
  );
  assert.match(
    redirectUriErrors(english, ' \n ', 'public')[0] ?? '',
    says('applications.error.redirect_uris.none'),
  );
  const many = Array.from({ length: 21 }, (_, index) => `https://app.example.com/${index}`);
  assert.match(redirectUriErrors(english, many.join('\n'), 'public')[0] ?? '', /21; up to 20/);
});
