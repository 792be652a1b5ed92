import { randomUUID } from 'node:crypto';
import type { Db } from '../db/database.ts';
import { type Backlog, countDue } from '../db/delete-due.ts';
import { countNewChanges } from '../db/list-changes.ts';
import { deletionJobs, type JobConfig } from './jobs.ts';
import { timedRules } from './retention.ts';
import { runJob } from './run-job.ts';

/** Milliseconds of one slice: a call of the API and each of its statements are short. */
const SLICE = 2_000;
/** Rows per job that are counted at most, to know what is due, and to find out if anything is. */
const COUNTED = 1_000_000;
const LOOKED_AT = 1_000;

export interface JobRows {
  readonly name: string;
  readonly rows: number;
}

/** Result of a slice. */
export interface Pruned {
  readonly jobs: readonly JobRows[];
  /** True if the time was up before all was deleted. */
  readonly more: boolean;
  /** True if another process deletes at this moment, and rows were left to it. */
  readonly busy: boolean;
}

/** Counts the rows that are due, up to a million per job. */
export async function countPrunable(db: Db, config: JobConfig): Promise<JobRows[]> {
  const due = await countDue(db, timedRules(config), COUNTED);
  return due.filter(({ rows }) => rows > 0).map(({ name, rows }) => ({ name, rows }));
}

/** Deletes rows that are due, for two seconds at most, whenever the jobs last ran. */
export async function prune(db: Db, config: JobConfig): Promise<Pruned> {
  const due = new Set(
    (await countDue(db, timedRules(config), LOOKED_AT))
      .filter(({ rows }) => rows > 0)
      .map(({ name }) => name),
  );
  const all = deletionJobs(config);
  const signal = AbortSignal.timeout(SLICE);
  const run = { db, signal, holder: randomUUID(), besides: all.map(({ name }) => name) };
  const jobs: JobRows[] = [];
  let busy = false;
  for (const job of all.filter(({ name }) => due.has(name))) {
    if (signal.aborted) {
      break;
    }
    const rows = await runJob(job, { ...run, early: true });
    busy ||= rows === undefined;
    jobs.push({ name: job.name, rows: rows ?? 0 });
  }
  return { jobs: jobs.filter(({ rows }) => rows > 0), more: signal.aborted, busy };
}

/** Rows that are counted per job at most, so that counting costs little however many are due. */
const MOST = 10_000;

/** Counts the rows that wait for the jobs. */
export async function countBacklog(db: Db, config: JobConfig): Promise<Backlog[]> {
  const due = await countDue(db, timedRules(config), MOST);
  return [...due, { name: 'list_counters', rows: await countNewChanges(db, MOST), lag: 0 }];
}
