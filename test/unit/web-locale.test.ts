import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiateLocale } from '../../src/http/locale.ts';
import type { Locale } from '../../src/lib/locale.ts';
import { startWebApp } from './web-app.ts';

const cases: readonly [string | undefined, string | undefined, Locale, string][] = [
  ['de', 'en', 'de', 'the user’s language has priority over the browser’s: German'],
  ['de-informal', undefined, 'de', 'de-informal is German'],
  ['de-AT', undefined, 'de', 'de-AT is German'],
  ['en-US', 'de', 'en', 'the user’s language has priority over the browser’s: English'],
  ['fr', 'de', 'de', 'an unsupported user language: the browser decides'],
  ['', 'de-CH, fr;q=0.9', 'de', 'de-CH in the browser is German'],
  [undefined, 'fr, de;q=0.5, en;q=0.2', 'de', 'the browser’s second choice is used'],
  [undefined, 'fr', 'en', 'without a supported language: English'],
  [undefined, undefined, 'en', 'whoever says nothing gets English'],
  [undefined, ';;;,,=q', 'en', 'nonsense from the browser gets English'],
];

for (const [preferred, header, expected, name] of cases) {
  test(name, async () => {
    await using app = await startWebApp((ctx) => {
      ctx.body = negotiateLocale(ctx, preferred);
    });
    // An empty header, because fetch would otherwise add one.
    const answer = await fetch(app.url, { headers: { 'Accept-Language': header ?? '' } });
    assert.equal(await answer.text(), expected);
  });
}
