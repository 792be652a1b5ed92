import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type GuideDocument, readGuide } from '../../src/site/guide-document.ts';
import { renderInline } from '../../src/site/markdown.ts';

const FOLDER = join(import.meta.dirname, '../../views/docs');
const names = readdirSync(join(FOLDER, 'en')).map((file) => file.replace('.md', ''));
const conditions = [
  'self-registration',
  'operator-registration',
  'review-required',
  'metadata-documents',
  'dynamic-registration',
  'only-by-hand',
  'read-and-write',
  'profile',
  'refresh-retry',
  'no-refresh-retry',
];
const values = {
  issuer: 'https://a.example/<b>',
  limit: '7',
  default_scope: 'read',
  access_lifetime: '1 hour',
  refresh_lifetime: '9 days',
  retry_seconds: '30',
};

function source(locale: 'en' | 'de', name: string): string {
  return readFileSync(join(FOLDER, locale, `${name}.md`), 'utf8');
}

/** Returns the language-independent parts of a guide, in the order of the page. */
function skeleton({ intro, chapters }: Pick<GuideDocument, 'intro' | 'chapters'>): string[] {
  return [{ id: 'intro', parts: intro }, ...chapters].flatMap(({ id, parts }) => [
    `chapter ${id}`,
    ...parts.flatMap((part) => {
      if ('tabs' in part) {
        return skeleton({ intro: [], chapters: part.tabs });
      }
      if ('example' in part) {
        return [`example ${part.example}`];
      }
      return 'slot' in part
        ? [`slot ${part.slot}`]
        : (part.html.match(/<\w+[^>]*>|\{\w+\}/g) ?? []);
    }),
  ]);
}

/** Elements that a translation can use in any number. */
const FREE = /^<(a|code|strong|em)\b/;

describe('Guides', () => {
  test('are the same files in both languages', () => {
    assert.ok(names.length >= 5);
    assert.deepEqual(readdirSync(join(FOLDER, 'de')), readdirSync(join(FOLDER, 'en')));
  });

  test('use the German words of the glossary', () => {
    for (const name of names) {
      assert.doesNotMatch(source('de', name), /Anwendung|Operator(?!-)/, name);
    }
  });

  for (const name of names) {
    test(`${name} has the same chapters, lists, tables and examples in both languages`, () => {
      const [en, de] = (['en', 'de'] as const).map((locale) =>
        skeleton(readGuide(name, locale, { values, conditions })).filter((one) => !FREE.test(one)),
      );
      assert.deepEqual(de, en);
    });

    test(`${name} has the same links, codes of tables and conditions in both languages`, () => {
      const marks = (text: string) =>
        [...text.matchAll(/\]\(([^)]+)\)|^\| (`\w+`)|<!-- ([^>]+) -->|\{(\w+)\}/gm)].map((found) =>
          found.slice(1).join(''),
        );
      assert.deepEqual(marks(source('de', name)).sort(), marks(source('en', name)).sort());
    });

    test(`${name} uses only known conditions`, () => {
      for (const [, condition = ''] of source('en', name).matchAll(/<!-- if ([\w-]+) -->/g)) {
        assert.ok(conditions.includes(condition), condition);
      }
    });
  }

  test('address the reader as "du" in German', () => {
    for (const name of names) {
      assert.doesNotMatch(source('de', name), /\b(Ihr|Ihre|Ihren|Ihrem|Ihrer|Ihnen)\b(?! Autor)/);
    }
  });

  test('show values of this server as text', () => {
    const { chapters } = readGuide('guide', 'en', { values, conditions });
    const html = chapters.flatMap(({ parts }) => parts.map((part) => Object.values(part)[0]));
    assert.match(html.join(''), /<code>https:\/\/a\.example\/&#60;b&#62;\/api\/v1\/me<\/code>/);
  });

  test('omit parts that do not apply to this server', () => {
    const text = (given: string[]) =>
      JSON.stringify(readGuide('guide', 'en', { values, conditions: given }));
    assert.match(text(['read-and-write']), /Neither includes the other/);
    assert.doesNotMatch(text([]), /Neither includes the other|<!--/);
  });

  test('reject a placeholder without a value', () => {
    assert.throws(() => readGuide('guide', 'en', { values: {} }), /no value for \{issuer\}/);
  });

  test('show HTML in Markdown as text', () => {
    assert.equal(
      renderInline('a <b onclick="x">`<i>`</b> [c](/d?e&f)'),
      'a &#60;b onclick=&#34;x&#34;&#62;<code>&lt;i&gt;</code>&#60;/b&#62; <a href="/d?e&#38;f">c</a>',
    );
  });
});
