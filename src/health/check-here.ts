import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { COOKIE_KEY_FILE, hasCookieKeys } from '../data-dir/secret.ts';
import { isOpenToOthers } from '../data-dir/secure-data-dir.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Oldest version that strips types without a flag; `engines` in package.json. */
const NODE = [22, 18] as const;

/** Checks the version of Node.js. */
export function checkNode(): Finding {
  const { version } = process;
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major > NODE[0] || (major === NODE[0] && minor >= NODE[1])
    ? ok('health.node.fit', { version })
    : fail('health.node.old', { version, oldest: NODE.join('.') });
}

/** Checks that the data folder can be written. */
export async function checkDataDir(config: Config): Promise<Finding> {
  const { dataDir, databaseUrl, smtpUrl, cookieKeys } = config;
  const files = [
    ...(databaseUrl === undefined ? ['db'] : []),
    ...(smtpUrl === undefined ? ['mail'] : []),
    ...(cookieKeys === undefined ? [COOKIE_KEY_FILE] : []),
  ];
  if (files.length === 0) {
    return ok('health.data_folder.unused');
  }
  const params = { folder: resolve(dataDir), files: files.join(', ') };
  if (await isOpenToOthers(dataDir)) {
    return warn('health.data_folder.open', params);
  }
  return (await isWritable(dataDir))
    ? ok('health.data_folder.writable', params)
    : fail('health.data_folder.unwritable', params);
}

/** Indicates whether a folder can be written, or created if it does not exist. */
export async function isWritable(folder: string): Promise<boolean> {
  const path = resolve(folder);
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing && dirname(path) !== path && isWritable(dirname(path));
  }
}

/** Checks that the cookie keys, and what they encrypt, survive a restart. */
export async function checkCookieKeys(config: Config): Promise<Finding> {
  if (config.cookieKeys !== undefined) {
    return ok('health.cookie_keys.set', { number: config.cookieKeys.length });
  }
  if (!(await hasCookieKeys(config))) {
    return warn('health.cookie_keys.none');
  }
  return config.databaseUrl === undefined
    ? ok('health.cookie_keys.file', { file: COOKIE_KEY_FILE })
    : warn('health.cookie_keys.file_alone', { file: COOKIE_KEY_FILE });
}
