import { Gauge, type Registry } from 'prom-client';
import type { Db } from '../db/database.ts';
import { countBacklog } from '../jobs/backlog.ts';
import { selectJobs } from '../jobs/job-store.ts';
import type { JobConfig } from '../jobs/jobs.ts';

/**
 * Adds the metrics of the scheduled jobs. They come from the database, so every process reports the
 * same.
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
    for (const { name: job, ...state } of jobs) {
      failed.set({ job }, state.failed ? 1 : 0);
      if (state.finishedAt !== null) {
        finished.set({ job }, state.finishedAt.getTime() / 1000);
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
