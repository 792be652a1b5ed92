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

  test('of a crashed process is taken over by one of several processes at a time', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const lock = join(folder, 'lock');
    await writeFile(lock, String(pid));
    const script = `
      import { open, rm, writeFile } from 'node:fs/promises';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { takeDirectory } from ${JSON.stringify(new URL('../../src/data-dir/lock.ts', import.meta.url).href)};
      let taken = 0;
      while (taken < 5) {
        const giveBack = await takeDirectory(${JSON.stringify(folder)}).catch(() => undefined);
        if (giveBack !== undefined) {
          taken += 1;
          const inside = ${JSON.stringify(join(folder, 'inside'))};
          await (await open(inside, 'wx')).close();
          await sleep(5);
          await rm(inside);
          // As after a crash.
          await writeFile(${JSON.stringify(lock)}, '${pid}');
        }
      }
      console.log(taken);`;
    const runs = Array.from({ length: 8 }, () =>
      run(process.execPath, ['--input-type=module', '-e', script]),
    );
    const taken = (await Promise.all(runs)).map(({ stdout }) => Number(stdout));
    assert.deepEqual(taken, Array(8).fill(5));
    await rm(lock);
  });

  test('for a missing directory is an error with its code', async () => {
    await assert.rejects(
      takeDirectory(join(folder, 'missing')),
      (error) => error instanceof StagedoorError && error.code === 'data_dir_unusable',
    );
  });
});
