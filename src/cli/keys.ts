import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { COOKIE_KEY_FILE, cookieKeysOf, hasCookieKeys } from '../data-dir/secret.ts';
import { StagedoorError } from '../lib/errors.ts';
import { recordCommand } from '../operators/record-call.ts';
import { rotateSigningKey } from '../signing-keys/rotate-signing-key.ts';
import { publishedAfter, type SigningKey } from '../signing-keys/signing-key.ts';
import { selectSigningKeys } from '../signing-keys/signing-key-store.ts';
import { databaseAction, examples, json } from './command.ts';
import type { Entry } from './management.ts';
import { createTable } from './present.ts';
import type { Shell } from './shell.ts';
import { inCurrentDatabase } from './with-database.ts';

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
        const found = await inCurrentDatabase(shell, async (tx, config) => {
          await recordCommand(tx, 'keys list');
          return (await selectSigningKeys(tx)).map((key) => presentKey(key, config));
        });
        shell.out(options.json ? json(found) : printKeys(found));
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
      databaseAction<{ readonly now?: boolean }>(shell, async ({ options }) => {
        const { now = false } = options;
        const { made, kid, signsFrom } = await inCurrentDatabase(shell, async (tx, config) => {
          await refuseMissingCookieKeys(config);
          const secrets = await cookieKeysOf(config);
          await recordCommand(tx, 'keys rotate', { now });
          return rotateSigningKey(tx, { actor: 'operator:cli', secrets, now });
        });
        const signs_from = signsFrom.toISOString();
        const what = made ? `Made the key ${kid}.` : `The key ${kid} is waiting already.`;
        shell.out(
          options.json ? json({ made, kid, signs_from }) : `${what} It signs from ${signs_from}.\n`,
        );
      }),
    );
  examples(rotating, 'keys rotate', 'keys rotate --now');
}

/** Requires the server's cookie keys: it can't decrypt a signing key under other ones. */
async function refuseMissingCookieKeys(config: Config): Promise<void> {
  if (!(await hasCookieKeys(config))) {
    throw new StagedoorError(
      'configuration_invalid',
      `COOKIE_KEYS is missing, and there is no ${COOKIE_KEY_FILE} in ${config.dataDir}. Set COOKIE_KEYS or DATA_DIR as for the server.`,
    );
  }
}

function printKeys(keys: readonly Entry[]): string {
  if (keys.length === 0) {
    return 'There are no signing keys: the server makes the first one when it starts.\n';
  }
  const table = createTable({
    'KEY ID': 'kid',
    STATE: 'state',
    'SIGNS FROM': 'signs_from',
    'SIGNS UNTIL': 'signs_until',
    'PUBLISHED UNTIL': 'published_until',
  });
  return table(keys);
}

/** Presents a key for `--json`: nothing of the private part. */
function presentKey(key: SigningKey, config: Config): Entry {
  const { kid, alg, state, createdAt, signsFrom, retiredAt } = key;
  const published = retiredAt && new Date(retiredAt.getTime() + publishedAfter(config) * 1000);
  return {
    kid,
    alg,
    state,
    created_at: createdAt.toISOString(),
    signs_from: signsFrom.toISOString(),
    signs_until: retiredAt?.toISOString() ?? null,
    published_until: published?.toISOString() ?? null,
  };
}
