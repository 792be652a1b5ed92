import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { splitStatements } from '../../src/db/split-statements.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

describe('Migration script', () => {
  test('is split at its semicolons', () => {
    assert.deepEqual(splitStatements('select 1; select 2;\n'), ['select 1', 'select 2']);
    assert.deepEqual(splitStatements('select 1; select 2'), ['select 1', 'select 2']);
    assert.deepEqual(splitStatements(' ;; -- nothing\n;'), []);
    assert.deepEqual(splitStatements(''), []);
  });

  test('is not split at a semicolon within a text', () => {
    for (const statement of [
      "select 'a;b'",
      "select 'it''s; fine'",
      "select '-- no comment; either'",
      'create function f() returns trigger language plpgsql as $$\nbegin\n  return new;\nend\n$$',
    ]) {
      assert.deepEqual(splitStatements(`${statement};select 2`), [statement, 'select 2']);
    }
  });

  test('is returned without comments, also those with a quote or a semicolon', () => {
    const script = "-- it's; the first\nselect 1; -- the second\nselect 2 - 1;";
    assert.deepEqual(splitStatements(script), ['select 1', 'select 2 - 1']);
  });

  test('of this repository is split into statements that begin with a verb', () => {
    const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql'));
    assert.ok(files.length > 0);
    for (const name of files) {
      const statements = splitStatements(readFileSync(join(MIGRATIONS, name), 'utf8'));
      assert.ok(statements.length > 0, name);
      for (const statement of statements) {
        assert.match(statement, /^(create|alter|comment|drop|insert|update|delete)\b/i, name);
      }
    }
  });
});
