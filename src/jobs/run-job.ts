import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db/database.ts';
import type { Batch } from '../db/delete-due.ts';
import { runInBackground } from '../lib/background-work.ts';
import { endJob, extendJob, takeJob } from './job-store.ts';

/** Work in batches, of which one process at a time does the next one. */
export interface Job {
  /** Names it in metrics, log and `stagedoor prune`. */
  readonly name: string;
  /** Seconds from the end of a run until the next one is due. */
  readonly interval: number;
  /** Begins a run; returns the function that does one batch. */
  readonly begin: (db: Db) => (limit: number) => Promise<Batch>;
}

export interface Run {
  readonly db: Db;
  /** Id of the process. */
  readonly holder: string;
  /** Jobs of which no other process may run one meanwhile. */
  readonly besides: readonly string[];
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
  /** Also runs a job that is not due. */
  readonly early?: boolean;
  /** Called after each batch with the rows of the run so far. */
  readonly onProgress?: (rows: number) => void;
}

/** Rows of a batch. */
const LIMIT = { first: 250, least: 25, most: 1_000 };
/** Milliseconds that a batch should take: a slow database gets smaller batches. */
const BATCH_TIME = { short: 50, long: 200 };
/** Shortest pause between two batches, in milliseconds. */
const PAUSE = 20;
/** Milliseconds after which a running job extends its lease. */
const EXTEND_AFTER = 15_000;

/**
 * Runs a job batch by batch until nothing is left. After each batch it waits as long as the batch
 * took, so that it never uses more than half of what one connection can do.
 * @returns number of rows; undefined if the job is not due or another process runs it
 */
export async function runJob(job: Job, run: Run): Promise<number | undefined> {
  const { db, holder } = run;
  const lease = { name: job.name, holder, interval: job.interval };
  if (!(await takeJob(db, { ...run, name: job.name }))) {
    return undefined;
  }
  const work = { name: `job ${job.name}`, attributes: { 'stagedoor.job.name': job.name } };
  const begun = performance.now();
  return await runInBackground(work, async () => {
    try {
      const { rows, complete } = await runBatches(job, run);
      Object.assign(work.attributes, { 'stagedoor.job.rows': rows });
      const seconds = (performance.now() - begun) / 1000;
      await endJob(
        db,
        lease,
        complete ? { state: 'finished', rows, seconds } : { state: 'stopped' },
      );
      return rows;
    } catch (error) {
      // The database may be the reason; then the lease ends by itself.
      await endJob(db, lease, { state: 'failed' }).catch(() => {});
      throw error;
    }
  });
}

async function runBatches(
  job: Job,
  { db, holder, signal, onProgress }: Run,
): Promise<{ rows: number; complete: boolean }> {
  const doBatch = job.begin(db);
  let rows = 0;
  let limit = LIMIT.first;
  let extended = performance.now();
  while (!signal.aborted) {
    const start = performance.now();
    const batch = await doBatch(limit);
    const took = performance.now() - start;
    rows += batch.rows;
    onProgress?.(rows);
    if (!batch.more) {
      return { rows, complete: true };
    }
    limit = nextLimit(limit, took);
    await sleep(Math.max(PAUSE, took), undefined, { signal }).catch(() => {});
    if (performance.now() - extended > EXTEND_AFTER) {
      if (!(await extendJob(db, job.name, holder))) {
        break;
      }
      extended = performance.now();
    }
  }
  return { rows, complete: false };
}

function nextLimit(limit: number, took: number): number {
  if (took > BATCH_TIME.long) {
    return Math.max(LIMIT.least, Math.floor(limit / 2));
  }
  return took < BATCH_TIME.short ? Math.min(LIMIT.most, limit * 2) : limit;
}
