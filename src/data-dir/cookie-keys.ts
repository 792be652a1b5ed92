import type { Config } from '../config/config.ts';
import { randomText } from '../lib/credentials.ts';
import { localSecret } from './secret.ts';

/** The file in the data folder that holds the cookie key where none is configured. */
export const COOKIE_KEY_FILE = 'cookie-key';

/**
 * The cookie keys, the first of which signs and seals. Makes one at the first start where none is
 * configured.
 * @throws StagedoorError `data_dir_unusable`
 */
export async function cookieKeysOf(
  config: Pick<Config, 'cookieKeys' | 'dataDir'>,
): Promise<readonly string[]> {
  return (
    config.cookieKeys ?? [await localSecret(config.dataDir, COOKIE_KEY_FILE, () => randomText(64))]
  );
}
