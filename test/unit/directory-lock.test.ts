import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { holderOf, takeDirectory } from '../../src/data-dir/lock.ts';
import { StagedoorError } from '../../src/lib/errors.ts';

const run = promisify(execFile);

describe('Data directory lock', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-lock-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('is held by one process, and can be taken again after its release', async () => {
    for (let i = 0; i < 2; i += 1) {
      const giveBack = await takeDirectory(folder);
      assert.equal(await readFile(join(folder, 'lock'), 'utf8'), `${process.pid} ${hostname()}`);
      await assert.rejects(takeDirectory(folder), /in use/);
      assert.equal(await holderOf(folder), process.pid);
      await giveBack();
      assert.equal(await holderOf(folder), undefined);
    }
  });

  test('of a running process is refused, with its id and a hint', async () => {
    await writeFile(join(folder, 'lock'), String(process.ppid));
    await assert.rejects(takeDirectory(folder), (error) => {
      assert.ok(error instanceof StagedoorError);
      assert.equal(error.code, 'data_dir_in_use');
      assert.match(error.message, new RegExp(`process ${process.ppid}\\b.*DATA_DIR`));
      return true;
    });
    await rm(join(folder, 'lock'));
  });

  test('of a crashed process is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const left of [String(pid), '', 'nonsense', '-1']) {
      await writeFile(join(folder, 'lock'), left);
      const giveBack = await takeDirectory(folder);
      await giveBack();
    }
  });

  test('of another container is valid while its file is fresh', async () => {
    const lock = join(folder, 'lock');
    await writeFile(lock, '1 another-container');
    await assert.rejects(takeDirectory(folder), /process 1 on the host another-container/);
    const before = new Date(Date.now() - 90_000);
    await utimes(lock, before, before);
    await (await takeDirectory(folder))();
  });

  test('of a crashed process is taken over by exactly one of several processes', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const module = new URL('../../src/data-dir/lock.ts', import.meta.url).href;
    const script = `
      import { takeDirectory } from ${JSON.stringify(module)};
      while (Date.now() < ${'START'});
      const giveBack = await takeDirectory(${JSON.stringify(folder)}).catch(() => undefined);
      console.log(giveBack === undefined ? 'refused' : 'taken');
      setTimeout(() => giveBack?.(), 2000);`;
    for (let round = 0; round < 2; round += 1) {
      await writeFile(join(folder, 'lock'), String(pid));
      const start = String(Date.now() + 2500);
      const runs = Array.from({ length: 6 }, () =>
        run(process.execPath, ['--input-type=module', '-e', script.replace('START', start)]),
      );
      const said = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
      assert.deepEqual(said.sort(), [...Array(5).fill('refused'), 'taken']);
    }
  });

  test('for a missing directory is an error with its code', async () => {
    await assert.rejects(
      takeDirectory(join(folder, 'missing')),
      (error) => error instanceof StagedoorError && error.code === 'data_dir_unusable',
    );
  });
});
