import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const CLASS_ATTRIBUTE = /\bclass="((?:<%[\s\S]*?%>|[^"<])*)"/g;
const QUOTED_WORD = /['"`]([\w-]+)['"`]/g;

/** Reads files of the server, without those of the demo, which has its own styles. */
function read(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT, exclude: ['src/demo/**'] }).map((file) =>
    readFileSync(join(ROOT, file), 'utf8'),
  );
}

/** Returns the parts of all texts that match the only group of a pattern. */
const found = (texts: readonly string[], pattern: RegExp) =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map(([, part = '']) => part));

/** Classes that a page can have: in an attribute, or a word of code that a template inserts. */
function classesOfPages(): ReadonlySet<string> {
  const code = read('src/**/*.ts');
  const pages = [...read('views/**/*.eta'), ...code];
  const attributes = found(pages, CLASS_ATTRIBUTE);
  return new Set([
    ...found(attributes, /([\w-]+)/g),
    ...found([...code, ...read('views/assets/*.js')], QUOTED_WORD),
  ]);
}

describe('Style sheets', () => {
  const classes = classesOfPages();
  const files = globSync('views/assets/*.css', { cwd: ROOT });

  test('were found, and classes of pages, too', () => {
    assert.ok(files.length >= 5 && classes.has('plain-list') && !classes.has('plain'));
  });

  for (const file of files) {
    test(`${file} has no class that no page has`, () => {
      const css = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const selectors = found([css], /([^{}]+)\{/g).filter((one) => !one.trim().startsWith('@'));
      const used = new Set(found(selectors, /\.([A-Za-z_][\w-]*)/g));
      assert.deepEqual([...used].filter((name) => !classes.has(name)).sort(), []);
    });
  }
});
