import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import type { LogEntry, LogFilters } from './log-entry.ts';
import { listLogRows, oldestOpenTransaction } from './log-store.ts';

/** One slice of the whole log, by time. */
export function listLog(
  db: Db,
  slice: Slice,
  filters: LogFilters = {},
  direction: Direction = 'desc',
): Promise<Sliced<LogEntry>> {
  return listLogRows(db, slice, filters, direction);
}

/**
 * Returns a moment up to which a log that is read from now on is complete. Entries of transactions
 * that are still open get a later time.
 */
export function logCompleteUntil(db: Db): Promise<Date> {
  return oldestOpenTransaction(db);
}
