import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { takeDirectory } from '../../src/db/directory-lock.ts';
import { StagedoorError } from '../../src/errors.ts';

describe('A data folder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-lock-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('is taken by one process, and can be taken again when that gave it back', async () => {
    for (let i = 0; i < 2; i += 1) {
      const giveBack = await takeDirectory(folder);
      assert.equal(await readFile(join(folder, 'lock'), 'utf8'), String(process.pid));
      await giveBack();
    }
  });

  test('of a running process is refused, by its number and with the way out', async () => {
    await writeFile(join(folder, 'lock'), String(process.ppid));
    await assert.rejects(takeDirectory(folder), (error) => {
      assert.ok(error instanceof StagedoorError);
      assert.equal(error.code, 'data_dir_in_use');
      assert.match(error.message, new RegExp(`process ${process.ppid}\\b.*DATA_DIR`));
      return true;
    });
    await rm(join(folder, 'lock'));
  });

  test('of a process that crashed is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const left of [String(pid), '', 'nonsense', '-1']) {
      await writeFile(join(folder, 'lock'), left);
      const giveBack = await takeDirectory(folder);
      await giveBack();
    }
  });

  test('that does not exist is named in the error', async () => {
    await assert.rejects(
      takeDirectory(join(folder, 'missing')),
      (error) => error instanceof StagedoorError && error.code === 'data_dir_unusable',
    );
  });
});
