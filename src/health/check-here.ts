import { access, constants } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { COOKIE_KEY_FILE } from '../data-dir/cookie-keys.ts';
import { isOpenToOthers } from '../data-dir/secure-data-dir.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Oldest version that strips types without a flag; `engines` in package.json. */
const NODE = [22, 18] as const;

/** Checks the version of Node.js. */
export function checkNode(): Finding {
  const { version } = process;
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major > NODE[0] || (major === NODE[0] && minor >= NODE[1])
    ? ok('node', `Node.js ${version}.`)
    : fail('node', `Node.js ${version} is too old.`, `Install Node.js ${NODE.join('.')} or newer.`);
}

/** Checks that the data folder can be written. */
export async function checkDataDir(config: Config): Promise<Finding> {
  const { dataDir, databaseUrl, smtpUrl, cookieKeys } = config;
  const kept = [
    ...(databaseUrl === undefined ? ['the database'] : []),
    ...(smtpUrl === undefined ? ['mails'] : []),
    ...(cookieKeys === undefined ? ['the cookie key'] : []),
  ];
  if (kept.length === 0) {
    return ok('data folder', 'Nothing is kept in files.');
  }
  const what = `${resolve(dataDir)} (${kept.join(', ')})`;
  if (await isOpenToOthers(dataDir)) {
    return warn(
      'data folder',
      `${what} is open to other users of this machine.`,
      `Close it (chmod 700 ${resolve(dataDir)}); the server does so itself if the folder is its user's own.`,
    );
  }
  return (await isWritable(dataDir))
    ? ok('data folder', `${what} can be written.`)
    : fail(
        'data folder',
        `${what} can't be written.`,
        'Give the folder to the user that runs the server (chown), or set DATA_DIR to another one.',
      );
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
    return ok('cookie keys', `${config.cookieKeys.length} in COOKIE_KEYS.`);
  }
  if (!(await hasCookieKeys(config))) {
    return warn(
      'cookie keys',
      'COOKIE_KEYS is not set, and there is no key in the data folder yet.',
      'The server makes one at its first start. Servers on several machines need the same COOKIE_KEYS (openssl rand -hex 32).',
    );
  }
  return config.databaseUrl === undefined
    ? ok('cookie keys', `One in ${COOKIE_KEY_FILE} of the data folder.`)
    : warn(
        'cookie keys',
        `COOKIE_KEYS is not set; the key is in ${COOKIE_KEY_FILE} of the data folder.`,
        'A server on another machine would have another one: set COOKIE_KEYS to its contents everywhere.',
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
