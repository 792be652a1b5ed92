import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SchemaState } from '../../src/db/schema-state.ts';
import { judgeSchema } from '../../src/health/check-database.ts';

it('The doctor judges a schema by its most serious difference', () => {
  const [a, b] = [['9001_a'], ['9002_b']];
  const none = { missing: [], waiting: [], newer: [], unfit: [] };
  const postgresql = (schema: Partial<SchemaState>) => {
    const { state, text, params } = judgeSchema({ ...none, ...schema }, 'postgresql');
    return [state, text.replace('health.migrations.', ''), params.names];
  };
  assert.deepEqual(postgresql({}), ['ok', 'done', undefined]);
  assert.deepEqual(postgresql({ newer: a }), ['ok', 'newer', '9001_a']);
  assert.deepEqual(postgresql({ newer: a, waiting: b }), ['warn', 'waiting', '9002_b']);
  assert.deepEqual(postgresql({ waiting: a, missing: b }), ['fail', 'missing', '9002_b, 9001_a']);
  assert.deepEqual(postgresql({ missing: a, unfit: b }), ['fail', 'too_new', '9002_b']);
  const embedded = judgeSchema({ ...none, waiting: a, missing: b }, 'embedded');
  assert.deepEqual([embedded.state, embedded.text], ['warn', 'health.migrations.at_start']);
});
