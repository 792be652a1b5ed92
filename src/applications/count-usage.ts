import type { Db } from '../db/database.ts';
import type { Batch } from '../db/delete-due.ts';
import { countUsage, keepUsage, selectLargeApplications } from './usage-store.ts';

/**
 * Counts the connected users of applications with many grants, one application per call.
 * @returns a function that does the next one
 */
export function countLargeApplications(db: Db): () => Promise<Batch> {
  let left: string[] | undefined;
  return async () => {
    if (left === undefined) {
      left = await selectLargeApplications(db);
      await keepUsage(db, left);
    }
    const next = left.shift();
    if (next === undefined) {
      return { rows: 0, more: false };
    }
    await countUsage(db, next);
    return { rows: 1, more: left.length > 0 };
  };
}
