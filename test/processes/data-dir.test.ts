import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { secureDataDir } from '../../src/data-dir/secure-data-dir.ts';
import { putUser } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { startServerProcess } from '../support/server-process.ts';
import { UserAgent } from '../support/user-agent.ts';

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

describe('Data directory', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-modes-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('of a server is accessible only to its user, including all files', async () => {
    const dataDir = join(folder, 'served');
    const umask = process.umask(0o022);
    const server = await startServerProcess({ DATA_DIR: dataDir, COOKIE_KEYS: '' });
    try {
      assert.equal(await modeOf(dataDir), 0o700);
      const user = await putUser(server, { id: 'ada' });
      for (const agent of [new UserAgent(server), new UserAgent(server)]) {
        await signIn(agent, await agent.get('/login'), user);
      }
      // The second browser causes a mail.
      const files = () => readdir(dataDir, { recursive: true });
      await until(async () => (await files()).some((name) => name.endsWith('.eml')));
      for (const entry of await files()) {
        const mode = await modeOf(join(dataDir, entry));
        assert.equal(mode & 0o077, 0, `${entry} ${mode.toString(8)}`);
      }
    } finally {
      process.umask(umask);
      await server.close();
    }
  });

  test('of an earlier version is restricted to its user', async () => {
    const dataDir = join(folder, 'earlier');
    await mkdir(join(dataDir, 'db'), { recursive: true });
    await writeFile(join(dataDir, 'cookie-key'), 'x');
    await chmod(dataDir, 0o755);
    assert.equal(await secureDataDir(dataDir), true);
    assert.equal(await modeOf(dataDir), 0o700);
  });

  test('with unknown files keeps its permissions, which is reported', async () => {
    const dataDir = join(folder, 'shared');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'somebody-elses'), '');
    await chmod(dataDir, 0o750);
    assert.equal(await secureDataDir(dataDir), false);
    assert.equal(await modeOf(dataDir), 0o750);
  });

  test('that can’t be created is an error with its code', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(secureDataDir(join(folder, 'file', 'data')), {
      code: 'data_dir_unusable',
    });
  });
});
