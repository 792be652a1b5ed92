import type { Db } from '../db/database.ts';
import { selectRequestCounts, selectUsersOn } from './request-count-store.ts';
import {
  type DayCounts,
  type Period,
  type RequestCounts,
  requestsByDay,
  statisticsStart,
  sumOf,
} from './statistics.ts';

/** Statistics of an application. */
export interface Statistics {
  /** Days of the period, the oldest first. */
  readonly days: readonly DayCounts[];
  readonly sum: RequestCounts;
  /** Sum of as many days before the period. */
  readonly before: RequestCounts;
  /** Connected users when the period began; undefined if that is unknown. */
  readonly usersBefore: number | undefined;
}

/** Reads the statistics of the last days, from counts that are up to a second old. */
export async function readStatistics(
  db: Db,
  clientId: string,
  { period, timezone }: { readonly period: Period; readonly timezone: string },
): Promise<Statistics> {
  const now = new Date();
  const counts = await selectRequestCounts(db, clientId, statisticsStart(now, 2 * period));
  const days = requestsByDay(counts, { now, timezone, days: 2 * period });
  return {
    days: days.slice(period),
    sum: sumOf(days.slice(period)),
    before: sumOf(days.slice(0, period)),
    usersBefore: await selectUsersOn(db, clientId, statisticsStart(now, period - 1)),
  };
}
