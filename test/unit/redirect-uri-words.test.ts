import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRedirectUris } from '../../src/applications/pages/read-application-form.ts';
import { checkRedirectUri } from '../../src/applications/redirect-uri.ts';
import type { ApplicationText } from '../../src/applications/texts.ts';
import { CATALOGUES, translator } from '../../src/http/translate.ts';

const english = translator<ApplicationText>('en');
const german = translator<ApplicationText>('de');
const BOTH = ['confidential', 'public'] as const;

/** At least one URI for each code of redirect-uri.ts. */
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
  'https://app.example.com/?state=x',
  'https://app.example.com/ä',
  'https://app.example.com/a/../b',
];

test('each problem of a redirect URI has a sentence in both languages', () => {
  const found = new Set<string>();
  for (const problem of REFUSED.flatMap((uri) => BOTH.map((type) => checkRedirectUri(uri, type)))) {
    if (problem !== undefined) {
      const key = `redirect_uri.${problem.code}` as const;
      const sentences = [english(key, problem.params), german(key, problem.params)];
      assert.notEqual(sentences[0], sentences[1], key);
      assert.doesNotMatch(sentences.join(), /\{\w+\}/, 'all placeholders are filled in');
      found.add(key);
    }
  }
  const keys = [...CATALOGUES.en.keys()].filter((key) => key.startsWith('redirect_uri.'));
  assert.deepEqual([...found].sort(), keys.sort(), 'no sentence is unused');
});

test('text area of redirect URIs: each problem names its line', () => {
  const text = 'https://app.example.com/\r\n\r\n  foo:bar  \r\nhttps://app.example.com/';
  const { redirectUris, errors } = readRedirectUris(german, text, 'confidential');
  assert.deepEqual(redirectUris, [
    'https://app.example.com/',
    'foo:bar',
    'https://app.example.com/',
  ]);
  assert.deepEqual(errors, [
    german('applications.error.redirect_uris.line', {
      line: 3,
      problem: german('redirect_uri.scheme', { scheme: 'foo' }),
    }),
    german('applications.error.redirect_uris.line', {
      line: 4,
      problem: german('applications.error.redirect_uris.twice', { first: 1 }),
    }),
  ]);
});

test('single redirect URI: its problem names no line', () => {
  assert.deepEqual(readRedirectUris(german, 'foo:bar', 'public').errors, [
    german('redirect_uri.scheme_public', { scheme: 'foo' }),
  ]);
});

test('no redirect URI, or more than 20: refused', () => {
  const uris = Array.from({ length: 21 }, (_, index) => `https://app.example.com/${index}`);
  const errorsOf = (text: string) => readRedirectUris(english, text, 'public').errors;
  assert.deepEqual(errorsOf(' \n '), [english('applications.error.redirect_uris.none')]);
  assert.deepEqual(errorsOf(uris.slice(0, 20).join('\n')), []);
  const many = english('applications.error.redirect_uris.many', { limit: 20, given: 21 });
  assert.deepEqual(errorsOf(uris.join('\n')), [many]);
});
