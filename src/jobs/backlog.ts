import type { Db } from '../db/database.ts';
import { type Backlog, countDue } from '../db/delete-due.ts';
import { countNewChanges } from '../db/list-changes.ts';
import type { JobConfig } from './jobs.ts';
import { timedRules } from './retention.ts';

/** Rows that are counted per job at most, so that counting costs little however many are due. */
const MOST = 10_000;

/** Counts the rows that wait for the jobs. */
export async function countBacklog(db: Db, config: JobConfig): Promise<Backlog[]> {
  const due = await countDue(db, timedRules(config), MOST);
  return [...due, { name: 'list_counters', rows: await countNewChanges(db, MOST), lag: 0 }];
}
