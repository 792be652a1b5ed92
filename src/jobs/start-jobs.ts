import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db/database.ts';
import { atMost } from '../lib/at-most.ts';
import type { Logger } from '../lib/log.ts';
import { selectDueJobs } from './job-store.ts';
import { frequentJobs, grantRemoval, hourlyJobs, type JobConfig } from './jobs.ts';
import { type Job, runJob } from './run-job.ts';

export interface JobDeps {
  readonly db: Db;
  readonly config: JobConfig;
  readonly log: Logger;
}

/** Milliseconds between two looks at what is due. */
const LOOK = 60_000;
/** Milliseconds that a stop waits for a statement of a job. The job is repeated by another process. */
const STOP_LIMIT = 2_000;

/**
 * Deletes rows that are due, compacts counters and notifies users of grants that end soon: from the
 * start on, in the background. Any number of processes may do so; a job runs in one at a time. The
 * frequent jobs do not wait for the hourly ones, and neither waits for the removal of grants.
 * @returns a function that stops it
 */
export function startJobs(deps: JobDeps): () => Promise<void> {
  const stopping = new AbortController();
  const holder = randomUUID();
  const running = [frequentJobs(), hourlyJobs(deps.config), [grantRemoval()]].map(async (jobs) => {
    while (!stopping.signal.aborted) {
      await runDue(deps, jobs, { holder, signal: stopping.signal });
      await sleep(LOOK, undefined, { signal: stopping.signal }).catch(() => {});
    }
  });
  return async () => {
    stopping.abort();
    await atMost(STOP_LIMIT, Promise.all(running));
  };
}

async function runDue(
  { db, log }: JobDeps,
  jobs: readonly Job[],
  process: { readonly holder: string; readonly signal: AbortSignal },
): Promise<void> {
  const besides = jobs.map(({ name }) => name);
  try {
    const due = await selectDueJobs(db, besides);
    for (const job of jobs.filter(({ name }) => due.has(name))) {
      if (process.signal.aborted) {
        return;
      }
      await runJob(job, { db, besides, ...process }).catch((err: unknown) => {
        log.warn({ err, job: job.name }, 'Scheduled job failed; retrying in its next turn');
      });
    }
  } catch (err) {
    log.warn({ err }, 'Scheduled jobs not started; retrying in a minute');
  }
}
