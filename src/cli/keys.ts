import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { COOKIE_KEY_FILE, cookieKeysOf } from '../data-dir/cookie-keys.ts';
import type { Database } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import { recordCommand } from '../operators/record-command.ts';
import { listSigningKeys } from '../signing-keys/list-signing-keys.ts';
import { type Rotated, rotateSigningKey } from '../signing-keys/rotate-signing-key.ts';
import { databaseAction, examples, json } from './command.ts';
import { presentKey, presentRotated, printKeys, printRotated } from './print-keys.ts';
import type { Shell } from './shell.ts';
import { withCurrentDatabase } from './with-database.ts';

/** Sets up `stagedoor keys`. */
export function addKeys(keys: Command, shell: Shell): void {
  keys.description(
    'The keys that sign introspection answers. The server rotates by itself, see SIGNING_KEY_MAX_AGE_DAYS; COOKIE_KEYS must be the same here as there.',
  );
  examples(keys, 'keys list', 'keys rotate');
  const list = keys
    .command('list')
    .description(
      'Which key signs, which is next, and which are still published so that what they signed can be verified.',
    )
    .action(
      databaseAction(shell, async ({ options }) => {
        const found = await withCurrentDatabase(shell, ({ db }, config) =>
          inTransaction(db, async (tx) => {
            await recordCommand(tx, 'keys list');
            return listSigningKeys(tx, config);
          }),
        );
        shell.out(options.json ? json(found.map(presentKey)) : printKeys(found));
      }),
    );
  examples(
    list,
    'keys list',
    `keys list --json | jq -r '.[] | select(.state == "signing") | .kid'`,
  );
  const rotating = keys
    .command('rotate')
    .description(
      "Make a new key. It is published at once and signs 15 minutes later, when everybody who verifies has had time to fetch it; the one before stays published for a day and an access token's lifetime. Running servers follow by themselves.",
    )
    .option(
      '--now',
      'after a leak: the new key signs at once, and all others are deleted, so that nothing they signed is good any more. Whoever keeps the published keys refuses signatures until they fetch them again, at most 5 minutes later',
    )
    .action(
      databaseAction<{ readonly now?: boolean }>(
        shell,
        async ({ options: { now = false, json: asJson } }) => {
          const rotated = await withCurrentDatabase(shell, (database, config) =>
            rotate(database, config, now),
          );
          shell.out(asJson ? json(presentRotated(rotated)) : printRotated(rotated));
        },
      ),
    );
  examples(rotating, 'keys rotate', 'keys rotate --now');
}

async function rotate({ db }: Database, config: Config, now: boolean): Promise<Rotated> {
  await refuseMissingCookieKeys(config);
  const secrets = await cookieKeysOf(config);
  return inTransaction(db, async (tx) => {
    await recordCommand(tx, 'keys rotate', { now });
    return rotateSigningKey(tx, { actor: 'operator:cli', secrets, now });
  });
}

/** Requires the server's cookie keys: it can't decrypt a signing key under other ones. */
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
