import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedoorError } from '../errors.ts';

/**
 * Takes a data folder for this process: two processes on one embedded database would destroy it.
 * A lock that a dead process left behind is taken over.
 * @returns what gives the folder back
 * @throws StagedoorError `data_dir_in_use`, or `data_dir_unusable` where it can't be written
 */
export async function takeDirectory(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
        throw new StagedoorError(
          'data_dir_unusable',
          `The data folder ${folder} can't be written.`,
          {
            cause,
          },
        );
      }
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(holder)) {
      throw new StagedoorError(
        'data_dir_in_use',
        `The data folder ${folder} is in use by process ${holder}. Stop that one first, or set DATA_DIR to another folder.`,
      );
    }
    await rm(path, { force: true });
  }
  throw new StagedoorError('data_dir_in_use', `The data folder ${folder} is in use.`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
