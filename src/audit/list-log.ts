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
 * A moment up to which a log that is read from now on is complete: whoever asks for what is since
 * then misses nothing, not even what transactions that are under way will add.
 */
export function logCompleteUntil(db: Db): Promise<Date> {
  return oldestOpenTransaction(db);
}
