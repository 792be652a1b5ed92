import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showProgress } from '../../src/server/show-progress.ts';

test('Progress is one line on a terminal, and nothing elsewhere', () => {
  const written = (isTTY: boolean, isFirst = true) => {
    let text = '';
    const write = (more: string) => {
      text += more;
    };
    const progress = showProgress({ isTTY, write }, isFirst);
    progress.show('one');
    progress.show('two');
    progress.clear();
    return text;
  };
  assert.equal(written(true), '\u001b[Kone\r\u001b[Ktwo\r\u001b[K');
  assert.equal(written(false), '');
  assert.equal(written(true, false), '', 'another worker writes nothing');
});
