import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiateLocale } from '../../src/http/locale.ts';
import type { Locale } from '../../src/lib/locale.ts';
import { startWebApp } from './web-app.ts';

const cases: readonly [string | undefined, string | undefined, Locale, string][] = [
  ['de', 'en', 'de', 'a German user of an English browser reads German'],
  ['de-informal', undefined, 'de', 'de-informal is German'],
  ['de-AT', undefined, 'de', 'de-AT is German'],
  ['en-US', 'de', 'en', 'an English user of a German browser reads English'],
  ['fr', 'de', 'de', 'a language that we do not speak leaves it to the browser'],
  ['', 'de-CH, fr;q=0.9', 'de', 'a browser set to Swiss German gets German'],
  [undefined, 'fr, de;q=0.5, en;q=0.2', 'de', 'the browser’s second choice counts'],
  [undefined, 'fr', 'en', 'whoever speaks neither gets English'],
  [undefined, undefined, 'en', 'whoever says nothing gets English'],
  [undefined, ';;;,,=q', 'en', 'nonsense from the browser gets English'],
];

for (const [preferred, header, expected, name] of cases) {
  test(name, async () => {
    await using app = await startWebApp((ctx) => {
      ctx.body = negotiateLocale(ctx, preferred);
    });
    // An empty header, as fetch would add one of its own.
    const answer = await fetch(app.url, { headers: { 'Accept-Language': header ?? '' } });
    assert.equal(await answer.text(), expected);
  });
}
