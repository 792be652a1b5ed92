import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { COOKIE_KEY_FILE, cookieKeysOf } from '../cookie-keys.ts';
import type { Database } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import { listSigningKeys } from '../tokens/list-signing-keys.ts';
import { type Rotated, rotateSigningKey } from '../tokens/rotate-signing-key.ts';
import { type Output, UsageError } from './command.ts';
import { KEYS_HELP as HELP } from './keys-help.ts';
import { parse } from './parse.ts';
import { presentKey, presentRotated, printKeys, printRotated } from './print-keys.ts';
import { withCurrentDatabase } from './with-database.ts';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  now: { type: 'boolean', default: false },
} as const;

/** `stagedoor keys list|rotate` */
export async function runKeys(args: readonly string[], { out }: Output): Promise<void> {
  const { values, positionals } = parse(args, OPTIONS, HELP);
  const [action, ...more] = positionals;
  if (values.help || (action === 'help' && more.length === 0)) {
    out(HELP);
    return;
  }
  if (more.length > 0) {
    throw new UsageError(`${action} takes no words.`, HELP);
  }
  if (values.now && action !== 'rotate') {
    throw new UsageError('--now belongs to rotate.', HELP);
  }
  switch (action) {
    case 'list': {
      const keys = await withCurrentDatabase(({ db }, config) => listSigningKeys(db, config));
      return out(values.json ? json(keys.map(presentKey)) : printKeys(keys));
    }
    case 'rotate': {
      const rotated = await withCurrentDatabase((database, config) =>
        rotate(database, config, values.now),
      );
      return out(values.json ? json(presentRotated(rotated)) : printRotated(rotated));
    }
    default:
      throw new UsageError(
        action === undefined ? 'Say what to do.' : `There is no "keys ${action}".`,
        HELP,
      );
  }
}

async function rotate({ db }: Database, config: Config, now: boolean): Promise<Rotated> {
  await refuseMissingCookieKeys(config);
  const secrets = await cookieKeysOf(config);
  // In the log, in the place of the name of an operator token.
  return inTransaction(db, (tx) => rotateSigningKey(tx, { actor: 'operator:cli', secrets, now }));
}

/** A key that is sealed with a new secret of this command would be of no use to the server. */
async function refuseMissingCookieKeys({ cookieKeys, dataDir }: Config): Promise<void> {
  if (cookieKeys === undefined) {
    await access(join(dataDir, COOKIE_KEY_FILE)).catch(() => {
      throw new StagedoorError(
        'configuration_invalid',
        `COOKIE_KEYS is missing, and there is no ${COOKIE_KEY_FILE} in ${dataDir}. Set COOKIE_KEYS or DATA_DIR as for the server.`,
      );
    });
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
