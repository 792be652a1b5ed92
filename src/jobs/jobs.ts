import { notifyOperators } from '../applications/review.ts';
import { countLargeApplications } from '../applications/usage-store.ts';
import { recordAuthenticationFailures } from '../audit/authentication-failures.ts';
import { trimLog } from '../audit/trim-store.ts';
import { trimChanges } from '../changes/changes-store.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { deleteDue, type RetentionRule } from '../db/delete-due.ts';
import { compactListChanges, foldPastDays } from '../db/list-changes.ts';
import { inTransaction } from '../db/transaction.ts';
import { continueDeletion } from '../deletions/remove-grants.ts';
import { notifyExpiring } from '../grants/notify-expiring.ts';
import { countLargeOrganizers } from '../grants/organizer-counter-store.ts';
import { notifyFailing } from '../insights/failure-mails.ts';
import { countDailyUsers, foldRequestCounts } from '../insights/request-count-store.ts';
import { deleteSurplusErrors } from '../insights/store.ts';
import { deleteEndedSessions } from '../sessions/session-store.ts';
import { purgeSigningKeys } from '../signing-keys/signing-key-store.ts';
import { retentionRules, SHORT_LIVED } from './retention.ts';
import type { Job } from './run-job.ts';

/** Settings of the jobs. */
export type JobConfig = Pick<
  Config,
  | 'accessTokenTtl'
  | 'expiryNoticeDays'
  | 'grantRetentionDays'
  | 'logRetentionDays'
  | 'metadataDocuments'
  | 'refreshTokenTtl'
  | 'registration'
  | 'scopes'
>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Returns the jobs that run every few minutes, in this order. */
export function frequentJobs(): readonly Job[] {
  return [
    // A bit less than a minute: due at each look.
    batches('list_counters', 50, compactListChanges),
    ...SHORT_LIVED.map((rule) => deletion(rule, 5 * MINUTE)),
    batches('changes', 5 * MINUTE, trimChanges),
    batches('ended_sessions', 5 * MINUTE, deleteEndedSessions),
    batches(
      'failure_notices',
      5 * MINUTE,
      (db, limit) => inTransaction(db, (tx) => notifyFailing(tx, limit)),
      100,
    ),
    batches('authentication_failures', 5 * MINUTE, recordAuthenticationFailures, 200),
  ];
}

/** Returns the jobs that run every hour, in this order. */
export function hourlyJobs(config: JobConfig): readonly Job[] {
  return [
    ...retentionRules(config).map((rule) => deletion(rule, HOUR)),
    batches('token_counts', HOUR, foldRequestCounts),
    batches('surplus_client_errors', HOUR, deleteSurplusErrors),
    logDeletion(config),
    batches('past_list_counters', HOUR, foldPastDays),
    { name: 'application_usage', interval: HOUR, begin: countLargeApplications },
    { name: 'organizer_counters', interval: HOUR, begin: countLargeOrganizers },
    batches('daily_users', HOUR, countDailyUsers, 100),
    batches('signing_keys', HOUR, (db) => purgeSigningKeys(db, config)),
    batches('review_notices', HOUR, (db) => inTransaction(db, (tx) => notifyOperators(tx, config))),
    batches('expiry_notices', HOUR, (db, limit) => notifyExpiring(db, config, limit), 100),
  ];
}

/** Returns the job that removes the grants of deleted users and applications. */
export function grantRemoval(): Job {
  return {
    name: 'deletions',
    interval: 50,
    begin: (db) => (limit) => continueDeletion(db, limit),
  };
}

/** Returns all jobs that run by themselves. */
export function scheduledJobs(config: JobConfig): readonly Job[] {
  return [...frequentJobs(), ...hourlyJobs(config), grantRemoval()];
}

/** Returns the jobs that delete what is due, frequent and hourly ones. */
export function deletionJobs(config: JobConfig): readonly Job[] {
  const rules = [...SHORT_LIVED, ...retentionRules(config)];
  return [...rules.map((rule) => deletion(rule, HOUR)), logDeletion(config)];
}

function logDeletion({ logRetentionDays }: JobConfig): Job {
  return batches('log_entries', HOUR, (db, limit) => trimLog(db, logRetentionDays, limit));
}

function deletion(rule: RetentionRule, interval: number): Job {
  return { name: rule.name, interval, begin: (db) => deleteDue(db, rule) };
}

/** A job of which each batch handles at most `limit` rows, never more than `most`, and returns how many. */
function batches(
  name: string,
  interval: number,
  work: (db: Db, limit: number) => Promise<number>,
  most = Number.POSITIVE_INFINITY,
): Job {
  const begin = (db: Db) => async (limit: number) => {
    const size = Math.min(limit, most);
    const rows = await work(db, size);
    return { rows, more: rows >= size };
  };
  return { name, interval, begin };
}
