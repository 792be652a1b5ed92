import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from '../../src/lib/csv.ts';

test('cells of a CSV line run no formula in a spreadsheet, and keep quotes and line breaks', () => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'];
  assert.equal(csvLine(formulas), `${formulas.map((one) => `"'${one}"`).join(',')}\r\n`);
  assert.equal(csvLine(['a "b", c\nd', null, 'x=1']), '"a ""b"", c\nd","","x=1"\r\n');
});
