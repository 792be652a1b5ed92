import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { readCosts, scalingSection } from '../bench/scaling.ts';

const ROOT = join(import.meta.dirname, '../..');
const ARCHITECTURE = 'docs/architecture.md';
const papers = globSync('{*,docs/*,docs/decisions/*}.md', { cwd: ROOT });
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Returns the first groups of all matches in the documents, with their paths. */
function found(pattern: RegExp, paths: readonly string[] = papers) {
  return paths.flatMap((path) =>
    [...read(path).matchAll(pattern)].map(([, name = '']) => ({ path, name })),
  );
}

describe('Documents', () => {
  test('link to files that exist', () => {
    const links = found(/\]\(([^)#:]+)(?:#[^)]*)?\)/g);
    assert.ok(links.length > 20);
    assert.deepEqual(
      links.filter(({ path, name }) => !existsSync(join(ROOT, dirname(path), name))),
      [],
    );
  });

  test('name commands of package.json', () => {
    const commands = found(/npm run ([a-z:]+)/g);
    assert.ok(commands.length > 10);
    assert.deepEqual(
      commands.filter(({ name }) => scripts[name] === undefined),
      [],
    );
  });

  test('name source files that exist, as comments do', () => {
    const files = globSync('{src,test,migrations}/**/*.ts', { cwd: ROOT });
    const described = papers.filter((path) => path !== 'CHANGELOG.md');
    const named = found(/`([a-z][\w./-]*\.ts)`/g, [...described, ...files]);
    assert.ok(named.length > 50);
    assert.deepEqual(
      named.filter(({ name }) => !files.some((file) => `/${file}`.endsWith(`/${name}`))),
      [],
    );
  });
});

describe('Architecture page', () => {
  test('has at most 6,000 characters', () => {
    assert.ok(read(ARCHITECTURE).length <= 6_000);
  });

  test('has a line for each folder of src, and no others', () => {
    const [, tree = ''] = /^src\/\n([\s\S]*?)^views\//m.exec(read(ARCHITECTURE)) ?? [];
    const described = [...tree.matchAll(/^ {2}([\w-]+)\/ /gm)].map(([, name = '']) => name);
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    assert.deepEqual(described.sort(), folders.sort());
  });
});

test('scaling.md calculates with the figures of performance.md', () => {
  const section = scalingSection(readCosts(read('docs/performance.md')));
  assert.doesNotMatch(section, /NaN|–/);
  assert.ok(read('docs/scaling.md').includes(section), section);
});

test('CONTRIBUTING.md names every variable that a test or a script reads', () => {
  const text = read('CONTRIBUTING.md');
  const files = ['.ci/run', ...globSync('test/**/*.ts', { cwd: ROOT })];
  const variables = files.flatMap((path) => {
    const source = read(path).replace(/`[^`]*`/g, '');
    return [
      ...source.matchAll(/process\.env\.([A-Z_]+)/g),
      ...source.matchAll(/\{ ([A-Z_]+)\b[^}]*\} = process\.env/g),
      ...source.matchAll(/\$\{([A-Z_]+):-/g),
    ].map(([, name = '']) => name);
  });
  assert.ok(variables.includes('TEST_DATABASE_URL') && variables.includes('CHROMIUM_PATH'));
  assert.deepEqual(
    [...new Set(variables)].filter((name) => !text.includes(`\`${name}\``)),
    [],
  );
});
