import { Gauge, type Registry } from 'prom-client';
import { measureClock } from '../db/clock.ts';
import type { Database, Db } from '../db/database.ts';
import { selectJobs } from '../jobs/job-store.ts';
import { type JobConfig, scheduledJobs } from '../jobs/jobs.ts';
import { countBacklog } from '../jobs/prune.ts';
import { countMails } from '../mail/outbox-store.ts';
import { selectSigningKeys } from '../signing-keys/signing-key-store.ts';
import { withTimeout } from './with-timeout.ts';

/** Milliseconds that a scrape waits for the database. */
const QUERY_LIMIT = 2_000;

/**
 * Adds the metrics that come from the database, which are the same in every worker.
 * @returns a function that reads them, to be called before each scrape; after a failure it removes them,
 *   because their values are unknown
 */
export function databaseMetrics(
  database: Database,
  config: JobConfig,
  registry: Registry,
): () => Promise<void> {
  const { db } = database;
  const readings = [
    mailGauges(db, registry),
    jobGauges(db, config, registry),
    keyGauge(db, registry),
    stateGauges(database, registry),
  ];
  return async () => {
    await Promise.all(readings.map((read) => withTimeout(QUERY_LIMIT, read)));
  };
}

function mailGauges(db: Database['db'], registry: Registry): () => Promise<void> {
  const mails = new Gauge({
    name: 'stagedoor_mail_outbox',
    help: 'Mails that are not delivered: pending ones, and ones that were given up',
    labelNames: ['state'],
    registers: [registry],
  });
  const oldest = new Gauge({
    name: 'stagedoor_mail_oldest_pending_seconds',
    help: 'Age of the oldest pending mail',
    registers: [registry],
  });
  return async () => {
    mails.reset();
    oldest.remove();
    const { oldestSeconds, ...counts } = await countMails(db);
    for (const [state, count] of Object.entries(counts)) {
      mails.set({ state }, count);
    }
    oldest.set(oldestSeconds);
  };
}

function keyGauge(db: Database['db'], registry: Registry): () => Promise<void> {
  const age = new Gauge({
    name: 'stagedoor_signing_key_age_seconds',
    help: 'Time for which the current key has signed introspection responses',
    registers: [registry],
  });
  return async () => {
    age.remove();
    const current = (await selectSigningKeys(db)).find(({ state }) => state === 'signing');
    if (current !== undefined) {
      age.set(current.signingFor);
    }
  };
}

/** On a connection for short reads: the general pool may be exhausted while the database is up. */
function stateGauges(database: Database, registry: Registry): () => Promise<void> {
  const up = new Gauge({
    name: 'stagedoor_database_up',
    help: 'Whether the database answered this scrape',
    registers: [registry],
  });
  const ahead = new Gauge({
    name: 'stagedoor_database_clock_ahead_seconds',
    help: 'Time by which the clock of the database is ahead of that of this machine',
    registers: [registry],
  });
  return async () => {
    up.set(0);
    ahead.remove();
    const milliseconds = await measureClock(database);
    up.set(1);
    ahead.set(milliseconds / 1000);
  };
}

/**
 * Adds the metrics of the scheduled jobs. They come from the database, so every process reports the
 * same. A job that never ran to its end has 0 as the time of its last success; jobs of other versions are
 * not reported.
 * @returns a function that reads them; none are reported after it has failed
 */
export function jobGauges(db: Db, config: JobConfig, registry: Registry): () => Promise<void> {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['job'], registers: [registry] });
  const finished = gauge(
    'stagedoor_job_last_success_timestamp_seconds',
    'End of the last complete run of a job',
  );
  const failed = gauge('stagedoor_job_failed', '1 if the last run of a job failed');
  const duration = gauge(
    'stagedoor_job_last_duration_seconds',
    'Duration of the last complete run of a job',
  );
  const rows = gauge(
    'stagedoor_job_last_rows',
    'Rows that the last complete run of a job deleted or changed',
  );
  const due = gauge('stagedoor_job_due_rows', 'Rows that wait for a job, up to 10000');
  const lag = gauge('stagedoor_job_lag_seconds', 'Time since the oldest row that waits was due');
  return async () => {
    for (const one of [finished, failed, duration, rows, due, lag]) {
      one.reset();
    }
    const [jobs, backlog] = await Promise.all([selectJobs(db), countBacklog(db, config)]);
    const states = new Map(jobs.map((state) => [state.name, state]));
    for (const { name: job } of scheduledJobs(config)) {
      const state = states.get(job);
      failed.set({ job }, state?.failed ? 1 : 0);
      finished.set({ job }, (state?.finishedAt?.getTime() ?? 0) / 1000);
      if (state?.finishedAt) {
        duration.set({ job }, state.seconds);
        rows.set({ job }, state.rows);
      }
    }
    for (const { name: job, ...waiting } of backlog) {
      due.set({ job }, waiting.rows);
      lag.set({ job }, waiting.lag);
    }
  };
}
