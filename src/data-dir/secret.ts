import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedoorError } from '../lib/errors.ts';

/**
 * Returns a secret of this installation from the data folder, created at the first start and
 * readable only by its owner.
 * @throws StagedoorError `data_dir_unusable`
 */
export async function localSecret(
  dataDir: string,
  name: string,
  make: () => string,
): Promise<string> {
  const path = join(dataDir, name);
  try {
    await mkdir(dataDir, { recursive: true });
    // `wx`: of two that start at the same time one writes, and both read what it wrote.
    await writeFile(path, make(), { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        throw error;
      }
    });
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new StagedoorError('data_dir_unusable', `The data folder ${dataDir} can't be written.`, {
      cause,
    });
  }
}
