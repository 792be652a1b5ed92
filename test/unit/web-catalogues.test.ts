import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CATALOGUES, type Message, translator } from '../../src/http/translate.ts';

const { en, de } = CATALOGUES;

function forms(message: Message | undefined): string[] {
  if (message === undefined) {
    return [];
  }
  return typeof message === 'string' ? [message] : [message.one, message.other];
}

/** Returns the placeholders in all forms of a message. `{count}` can be missing in one of them. */
function placeholders(message: Message | undefined): string[] {
  const names = forms(message).flatMap((form) => form.match(/\{\w+\}/g) ?? []);
  return [...new Set(names)].sort();
}

test('both languages have the same texts', () => {
  assert.deepEqual([...de.keys()].sort(), [...en.keys()].sort());
});

test('both languages have the same placeholders and plural forms in every text', () => {
  for (const [key, english] of en) {
    const german = de.get(key);
    assert.deepEqual(placeholders(german), placeholders(english), key);
    assert.equal(typeof german, typeof english, key);
  }
});

test('no text contains HTML or is empty', () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    for (const [key, message] of catalogue) {
      for (const form of forms(message)) {
        assert.match(form, /\S/, `${language} ${key}`);
        assert.doesNotMatch(form, /[<>&]/, `${language} ${key}`);
      }
    }
  }
});

test('German texts use "du", not "Sie"', () => {
  for (const [key, message] of de) {
    for (const form of forms(message)) {
      assert.doesNotMatch(form, /\b(Ihr|Ihre|Ihren|Ihrem|Ihrer|Ihnen)\b/, key);
    }
  }
});

test('placeholders are replaced, in the plural form of the count', () => {
  const t = translator<string>('en');
  assert.equal(t('consent.by', { owner: '{host} & Sons' }), 'by {host} & Sons');
  for (const [locale, catalogue] of Object.entries({ en, de })) {
    const message = catalogue.get('login.error.throttled');
    assert.ok(message !== undefined && typeof message !== 'string');
    const inLocale = translator<string>(locale === 'de' ? 'de' : 'en');
    assert.equal(inLocale('login.error.throttled', { count: 1 }), message.one);
    assert.equal(
      inLocale('login.error.throttled', { count: 5 }),
      message.other.replace('{count}', '5'),
    );
  }
});
