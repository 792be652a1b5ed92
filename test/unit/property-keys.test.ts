import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compileProgram, findKeyedAccesses } from '../support/property-keys.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A source text that is part of the program without being a file. */
const FIXTURE = join(ROOT, 'src/fixture.ts');
/** The only documented helper. */
const ALLOWED = ['src/lib/own-value.ts'];

const PRELUDE = `
declare const key: string;
declare const outside: unknown;
declare const record: Record<string, string[]>;
declare const known: { a: number; b: number };
declare const list: string[];
declare const sealed: 'a' | 'b';
declare function pick<T, K extends keyof T>(object: T, name: K): T[K];
`;

/** Statements that each contain one access by an arbitrary string. */
const VIOLATIONS = [
  'record[key];',
  'record[key]?.length;',
  'record?.[key];',
  'record[key] = [];',
  'delete record[key];',
  'record["x" + key];',
  'record[key as `x-$' + '{string}`];',
  'record[key.trim() || "a"];',
  "record[key as 'constructor' | string];",
  'record[key as keyof typeof record];',
  '(known as Record<string, number>)[key];',
  '({ a: 1 } as Record<string, number>)[key];',
  'Object.fromEntries([[key, 1]])[key];',
  'JSON.parse(key)[key];',
  'Object(outside)[key];',
  'known[key as any];',
  'key in record;',
  '(key + "x") in { a: 1 };',
  'const { [key]: value } = record;',
  '({ [key]: list[0] } = record as any);',
  'for (const { [key]: inner } of [record]) { inner; }',
  'Reflect.get(record, key);',
  'Reflect.has(record, key);',
  'Reflect.set(record, key, []);',
  'Object.assign({}, record);',
  'Object.assign({}, JSON.parse(key));',
  'function pick2<T, K extends keyof T>(object: T, name: K) { return object[name]; }',
  'function read<K extends string>(name: K) { return (record as Record<string, string[]>)[name]; }',
  'for (const name in record) { record[name]; }',
];

const SAFE = [
  "record.a; record['a']; record['constructor'];",
  'known[sealed]; known[sealed] = 1;',
  'list[0]; list[list.length - 1];',
  "for (const name of ['a', 'b'] as const) { known[name]; }",
  'pick(known, sealed);',
  'function read<K extends keyof typeof known>(name: K) { return known[name]; }',
  '({ [key]: 1 });',
  'Object.fromEntries([[key, 1]]);',
  'new Map([[key, 1]]).get(key);',
  'Object.hasOwn(record, key);',
  "'a' in known;",
  'Object.assign({}, known);',
  "Reflect.get(known, 'a');",
  'const { a, b: { toFixed } } = known; a; toFixed;',
];

describe('Property access by an arbitrary string', () => {
  const texts = [...VIOLATIONS, ...SAFE].map((text) => `{ ${text} }`);
  const program = compileProgram(ROOT, {
    file: FIXTURE,
    // One line for each text, after the lines of the prelude.
    text: [...PRELUDE.trim().split('\n'), ...texts, 'export {};'].join('\n'),
  });
  const first = PRELUDE.trim().split('\n').length + 1;

  test('occurs in src only in the documented helper', () => {
    const sources = program.getSourceFiles().filter(({ fileName }) => isSource(fileName));
    assert.ok(sources.length >= 500, `only ${sources.length} files`);
    const found = findKeyedAccesses(program, isSource).map(
      ({ file, line, text }) => `${file.slice(ROOT.length + 1)}:${line}: ${text}`,
    );
    assert.deepEqual(
      found.filter((place) => !ALLOWED.some((file) => place.startsWith(`${file}:`))),
      [],
    );
    assert.equal(found.length, 1, 'the helper itself is found');
  });

  test('is detected in each planted violation, and not in safe code', () => {
    const lines = findKeyedAccesses(program, (file) => file === FIXTURE).map(({ line }) => line);
    const missed = VIOLATIONS.filter((_, index) => !lines.includes(first + index));
    assert.deepEqual(missed, []);
    const refused = SAFE.filter((_, index) => lines.includes(first + VIOLATIONS.length + index));
    assert.deepEqual(refused, []);
  });

  function isSource(file: string): boolean {
    return file.startsWith(join(ROOT, 'src/')) && file !== FIXTURE;
  }
});
