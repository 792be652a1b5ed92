import { trimLog } from '../audit/trim.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { purgeClientErrors } from '../insights/purge.ts';
import type { Logger } from '../log.ts';
import { purgeSessions } from '../oidc/purge.ts';
import { purgeTokens } from '../tokens/purge.ts';

/** What the purge works on. */
export interface PurgeDeps {
  readonly db: Db;
  readonly config: Pick<Config, 'logRetentionDays'>;
  readonly log: Logger;
}

/** Milliseconds. */
const INTERVAL = 3_600_000;

/** What is deleted, by what it is called in the service's own log. */
const JOBS: Readonly<Record<string, (deps: PurgeDeps) => Promise<unknown>>> = {
  tokens: ({ db }) => purgeTokens(db),
  sessions: ({ db }) => purgeSessions(db),
  'failed requests': ({ db }) => purgeClientErrors(db),
  'log entries': ({ db, config }) => trimLog(db, config.logRetentionDays),
};

/**
 * Deletes what has been over for long enough that nobody asks for it any more, at the start and
 * then every hour. Any number of processes may do so.
 * @returns what stops it
 */
export function startPurge(deps: PurgeDeps): () => Promise<void> {
  let running = purge(deps);
  const timer = setInterval(() => {
    running = purge(deps);
  }, INTERVAL);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** One that fails does not keep the others from their work. */
async function purge(deps: PurgeDeps): Promise<void> {
  for (const [what, job] of Object.entries(JOBS)) {
    try {
      await job(deps);
    } catch (err) {
      deps.log.warn({ err, what }, 'Old rows could not be deleted; the next try is in an hour.');
    }
  }
}
