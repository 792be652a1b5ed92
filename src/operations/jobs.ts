import { purgeAnswers } from '../api/idempotency-store.ts';
import { recordAuthenticationFailures } from '../audit/authentication-failures.ts';
import { trimLog } from '../audit/trim.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { notifyExpiring } from '../grants/notify-expiring.ts';
import { purgeClientErrors } from '../insights/store.ts';
import type { Logger } from '../lib/log.ts';
import { purgeLimits } from '../limits/limit-store.ts';
import { purgeMails } from '../mail/outbox-store.ts';
import { purgeSessions } from '../oidc/purge.ts';
import { purgeDevices } from '../sessions/device-store.ts';
import { purgeUpstreamSignIns } from '../sign-in/upstream/store.ts';
import { purgeSigningKeys } from '../signing-keys/purge-signing-keys.ts';
import { purgeTokens } from '../tokens/purge.ts';

/** Dependencies of the jobs. */
export interface JobDeps {
  readonly db: Db;
  readonly config: Pick<
    Config,
    'accessTokenTtl' | 'expiryNoticeDays' | 'logRetentionDays' | 'refreshTokenTtl' | 'scopes'
  >;
  readonly log: Logger;
}

type Jobs = Readonly<Record<string, (deps: JobDeps) => Promise<unknown>>>;

/** Milliseconds. */
const INTERVAL = 3_600_000;
const SHORT_INTERVAL = 300_000;

/** Deletes rows that anybody can cause, more often than the others. */
const SHORT_LIVED: Jobs = {
  sessions: ({ db }) => purgeSessions(db),
  'upstream sign-ins': ({ db }) => purgeUpstreamSignIns(db),
  'failed authentications': ({ db }) => recordAuthenticationFailures(db),
};

/** Jobs by their name in the log. */
const JOBS: Jobs = {
  tokens: ({ db }) => purgeTokens(db),
  'signing keys': ({ db, config }) => purgeSigningKeys(db, config),
  devices: ({ db }) => purgeDevices(db),
  ...SHORT_LIVED,
  mails: ({ db }) => purgeMails(db),
  'failed requests': ({ db }) => purgeClientErrors(db),
  'answers to repeated calls': ({ db }) => purgeAnswers(db),
  'rate limits': ({ db }) => purgeLimits(db),
  'log entries': ({ db, config }) => trimLog(db, config.logRetentionDays),
  'notices of unused grants': ({ db, config }) => notifyExpiring(db, config),
};

/**
 * Deletes expired rows and notifies users of grants that end soon: at the start and then every
 * hour, or every five minutes for rows that live only minutes. Any number of processes may do so.
 * @returns a function that stops it
 */
export function startJobs(deps: JobDeps): () => Promise<void> {
  let running = runJobs(deps, JOBS);
  const begin = (chores: Jobs) => () => {
    running = running.then(() => runJobs(deps, chores));
  };
  const timers = [
    setInterval(begin(JOBS), INTERVAL),
    setInterval(begin(SHORT_LIVED), SHORT_INTERVAL),
  ];
  return async () => {
    timers.forEach(clearInterval);
    await running;
  };
}

/** One that fails does not keep the others from their work. */
async function runJobs(deps: JobDeps, chores: Jobs): Promise<void> {
  for (const [what, chore] of Object.entries(chores)) {
    try {
      await chore(deps);
    } catch (err) {
      deps.log.warn({ err, what }, 'Scheduled job failed; retrying in its next turn');
    }
  }
}
