import { purgeMails } from '../audit/purge-mails.ts';
import { trimLog } from '../audit/trim.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { purgeDevices } from '../directory/purge-devices.ts';
import { notifyExpiring } from '../grants/notify-expiring.ts';
import { purgeClientErrors } from '../insights/purge.ts';
import { purgeLimits } from '../limits/purge.ts';
import type { Logger } from '../log.ts';
import { purgeSessions } from '../oidc/purge.ts';
import { purgeAnswers } from '../operators/answer-once.ts';
import { purgeTokens } from '../tokens/purge.ts';
import { purgeSigningKeys } from '../tokens/purge-signing-keys.ts';
import { purgeUpstream } from '../upstream/purge.ts';

/** What the chores work on. */
export interface ChoreDeps {
  readonly db: Db;
  readonly config: Pick<
    Config,
    'accessTokenTtl' | 'expiryNoticeDays' | 'logRetentionDays' | 'refreshTokenTtl' | 'scopes'
  >;
  readonly log: Logger;
}

/** Milliseconds. */
const INTERVAL = 3_600_000;

/** What there is to do, by what it is called in the service's own log. */
const CHORES: Readonly<Record<string, (deps: ChoreDeps) => Promise<unknown>>> = {
  tokens: ({ db }) => purgeTokens(db),
  'signing keys': ({ db, config }) => purgeSigningKeys(db, config),
  devices: ({ db }) => purgeDevices(db),
  sessions: ({ db }) => purgeSessions(db),
  'upstream sign-ins': ({ db }) => purgeUpstream(db),
  mails: ({ db }) => purgeMails(db),
  'failed requests': ({ db }) => purgeClientErrors(db),
  'answers to repeated calls': ({ db }) => purgeAnswers(db),
  'rate limits': ({ db }) => purgeLimits(db),
  'log entries': ({ db, config }) => trimLog(db, config.logRetentionDays),
  'notices of unused grants': ({ db, config }) => notifyExpiring(db, config),
};

/**
 * Deletes what has been over for long enough that nobody asks for it any more, and tells users what
 * ends soon: at the start and then every hour. Any number of processes may do so.
 * @returns what stops it
 */
export function startChores(deps: ChoreDeps): () => Promise<void> {
  let running = doChores(deps);
  const timer = setInterval(() => {
    running = doChores(deps);
  }, INTERVAL);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** One that fails does not keep the others from their work. */
async function doChores(deps: ChoreDeps): Promise<void> {
  for (const [what, chore] of Object.entries(CHORES)) {
    try {
      await chore(deps);
    } catch (err) {
      deps.log.warn({ err, what }, 'A chore could not be done; the next try is in an hour.');
    }
  }
}
