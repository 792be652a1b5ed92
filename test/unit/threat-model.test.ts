import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');

/** Rows of the threat model: the cells of each table line, without head and rule. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** Returns the test files that a part of the document names. */
function testFiles(cell: string): string[] {
  return [...cell.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, name = '']) =>
    name.startsWith('test/') ? name : `test/flows/${name}`,
  );
}

describe('Threat model', () => {
  test('names test files that exist', () => {
    const named = testFiles(text);
    assert.ok(named.length > 60);
    assert.deepEqual(
      named.filter((name) => !existsSync(join(ROOT, name))),
      [],
    );
  });

  test('names a test for every section of the RFCs', () => {
    const sections = rows.filter(([, first]) => first?.startsWith('§'));
    assert.ok(sections.length > 50);
    assert.deepEqual(
      sections.filter((cells) => testFiles(cells.join('|')).length === 0),
      [],
    );
  });

  test('has a row for every section that the tests are named after', () => {
    const known = new Set(rows.map(([, first]) => first));
    const tested = globSync('test/flows/threats/*.test.ts', { cwd: ROOT }).flatMap((name) =>
      [...readFileSync(join(ROOT, name), 'utf8').matchAll(/^describe\('RFC \d+ (.+?):/gm)].flatMap(
        ([, sections = '']) => sections.match(/§[\d.]+\d/g) ?? [],
      ),
    );
    assert.ok(tested.length > 40);
    const hasRow = (section: string) =>
      known.has(section) || [...known].some((row) => row && section.startsWith(`${row}.`));
    assert.deepEqual(
      tested.filter((section) => !hasRow(section)),
      [],
    );
  });
});
