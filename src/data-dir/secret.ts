import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { randomText } from '../lib/credentials.ts';
import { StagedoorError } from '../lib/errors.ts';

/** The file in the data folder that holds the cookie key if none is configured. */
export const COOKIE_KEY_FILE = 'cookie-key';

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

/**
 * Returns the cookie keys, the first of which signs and seals. Makes one at the first start if none
 * is configured.
 * @throws StagedoorError `data_dir_unusable`
 */
export async function cookieKeysOf(
  config: Pick<Config, 'cookieKeys' | 'dataDir'>,
): Promise<readonly string[]> {
  return (
    config.cookieKeys ?? [await localSecret(config.dataDir, COOKIE_KEY_FILE, () => randomText(64))]
  );
}

/** Indicates whether cookie keys exist; creates none. */
export async function hasCookieKeys({ cookieKeys, dataDir }: Config): Promise<boolean> {
  return (
    cookieKeys !== undefined ||
    access(join(dataDir, COOKIE_KEY_FILE)).then(
      () => true,
      () => false,
    )
  );
}
