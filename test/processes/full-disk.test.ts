import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { createScriptRunner } from '../support/run-script.ts';

const CHILD = join(import.meta.dirname, '../support/full-disk-child.ts');

describe('Embedded database on a small disk', () => {
  const scripts = createScriptRunner();
  let folder: string;
  let isMounted: boolean;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-disk-'));
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', folder]);
    isMounted = status === 0;
  });
  after(async () => {
    await scripts.stop();
    if (isMounted) {
      spawnSync('umount', [folder]);
    }
    await rm(folder, { recursive: true });
  });

  it('lets many updates go on, refuses statements when it is nearly full, and ends when the log cannot grow', async (test) => {
    if (!isMounted) {
      return test.skip('this user cannot mount a small file system');
    }
    await copyEmbeddedTemplate(folder);
    const child = scripts.start([CHILD, folder], {});
    const { code } = await child.ended;
    const full = `The disk of the embedded database is full: ${folder}/db needs 64 MB of free space.`;
    assert.deepEqual(child.stdout().trim().split('\n'), [
      'many updates: no error',
      'log below 100 MB: true',
      `nearly full: ${full}`,
      `opened when nearly full: ${full}`,
      'room again: no error',
      `broken: ${full}`,
      `one long statement: ${full}`,
      `after it: ${full}`,
      `full at the start: ${full}`,
      'kept: accepted,before',
    ]);
    assert.equal(code, 0, child.stderr());
  });
});
