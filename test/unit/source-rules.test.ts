import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const STORES = /(^|\/)src\/(db\/|.*[/-]store\.ts$)/;

/** Beginning of a doc comment that is a question or a clause, which a reader has to complete. */
const QUESTION = /\/\*\*\s+(?:\* )?(?:What|Whether|Who|Whose|How|Which|Where|Why|When)\b.*/g;

/** Every source file without its comments, by its path from the root. */
const sources = new Map(
  globSync('src/**/*.ts', { cwd: ROOT }).map((path) => [
    path,
    withoutComments(readFileSync(join(ROOT, path), 'utf8')),
  ]),
);

/** Returns the matches of the pattern outside the allowed files. */
function places(pattern: RegExp, allowed: (path: string) => boolean = () => false): string[] {
  return [...sources]
    .filter(([path]) => !allowed(path))
    .flatMap(([path, text]) =>
      [...text.matchAll(pattern)].map(([found]) => `${path}: ${found.trim()}`),
    );
}

describe('Source files', () => {
  test('were found', () => {
    assert.ok(sources.size >= 20, `only ${sources.size} files`);
  });

  test('read the environment in config.ts only', () => {
    const allowed = (path: string) => /^src.config.(config|supervision).ts$/.test(path);
    assert.deepEqual(places(/process\s*(\.|\[\s*['"])env\b/g, allowed), []);
    assert.deepEqual(places(/import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'node:process'/g), []);
  });

  test('name columns: a prepared `select *` breaks when a column is added', () => {
    assert.deepEqual(places(/\bselectAll\s*\(|\breturningAll\s*\(|\bselect\s+\*/gi), []);
  });

  test('build queries only in store.ts and db/', () => {
    const query =
      /\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto|executeQuery)\s*\(|\bsql(\.raw)?\s*[`<(]/g;
    assert.deepEqual(
      places(query, (path) => STORES.test(path)),
      [],
    );
  });

  test('read the client address in http/origin.ts only', () => {
    const allowed = (path: string) => path === 'src/http/origin.ts';
    assert.deepEqual(places(/\b(ctx|request)\.ips?\b|\.remoteAddress\b/g, allowed), []);
  });

  test('compare e-mail addresses by emailKey and never by lower()', () => {
    // The search for names folds them as the database does.
    const name = String.raw`(?:full_)?name\)|regexp_replace\(full_name,|\$\{(?:name|search)\}`;
    const folding = new RegExp(
      String.raw`\b(?:lower|upper|initcap)\s*\((?!${name})|'(?:lower|upper|initcap)'|\bcitext\b`,
      'i',
    );
    const comparing = /e?mail\w*\s*(?:\.trim\(\))?\.to(?:Locale)?(?:Lower|Upper)Case/gi;
    const everywhere = new RegExp(folding, 'gi');
    assert.deepEqual([...places(everywhere), ...places(comparing)], []);
    const migrations = globSync('migrations/*', { cwd: ROOT })
      .filter((path) => path >= 'migrations/0013')
      .filter((path) => folding.test(withoutComments(readFileSync(join(ROOT, path), 'utf8'))));
    assert.deepEqual(migrations, []);
  });

  test('write cookies in http/cookies.ts and through the provider only', () => {
    const allowed = (path: string) =>
      path === 'src/http/cookies.ts' || path.startsWith('src/demo/');
    assert.deepEqual(places(/['"]set-cookie['"]|__Host-|__Secure-/gi, allowed), []);
  });

  test('have named exports only, and no barrels', () => {
    assert.deepEqual(places(/^export\s+default\b|^export\s+\*/gm), []);
  });

  test('contain no any and no ignored compiler errors', () => {
    assert.deepEqual(places(/\bas any\b|\bas unknown as\b/g), []);
    const ignored = globSync('src/**/*.ts', { cwd: ROOT }).filter((path) =>
      /@ts-(ignore|nocheck|expect-error)/.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    assert.deepEqual(ignored, []);
  });

  test('have doc comments that begin with a verb or a noun', () => {
    const questions = globSync('{src,test}/**/*.ts', { cwd: ROOT }).flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(QUESTION)].map(
        ([found]) => `${path}: ${found}`,
      ),
    );
    assert.deepEqual(questions, []);
  });

  test('import types by `import type`, which the boundary check sees', () => {
    assert.deepEqual(places(/\bimport\(\s*['"][^'"]+['"]\s*\)\s*\./g), []);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '$1');
}
