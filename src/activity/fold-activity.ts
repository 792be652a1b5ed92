import type { Db } from '../db/database.ts';
import { startOfDay } from '../grants/end-date.ts';
import { dayOf } from '../lib/format-date.ts';
import type { ActivityFilter, FoundEntry, Place } from './activity.ts';
import { countAlike, readActivity } from './activity-store.ts';

/** Lines of a page. */
const LINES = 50;
/** Entries that are read at once. */
const BATCH = 100;
/** Reads for one page: of a long log in which little matches, each page shows a part. */
const READS = 4;
/** Entries of a line that are kept; the others are counted. */
const SINGLES = 20;

/** Consecutive entries of one day with the same sentence and the same advice. */
export interface ActivityLine {
  /** `2026-03-01`, in the time zone of the user. */
  readonly day: string;
  /** The newest ones, at most 20. */
  readonly entries: readonly [FoundEntry, ...FoundEntry[]];
  readonly count: number;
}

interface OpenLine extends ActivityLine {
  readonly entries: [FoundEntry, ...FoundEntry[]];
  count: number;
}

/** Choice of a page of the log. */
interface Choice {
  readonly filter: ActivityFilter;
  readonly after: Place | undefined;
  readonly timezone: string;
  /** Each entry has a line of its own. */
  readonly single: boolean;
}

/**
 * Reads a page of a user's log, the newest entries first, with equal ones in one line. A line never
 * continues on the next page, unless it has more than 10,000 entries.
 * @returns lines, and the place after which the next page begins, if there is one
 */
export async function foldActivity(
  db: Db,
  { filter, after, timezone, single }: Choice,
): Promise<{ lines: readonly ActivityLine[]; next: Place | undefined }> {
  const lines: OpenLine[] = [];
  let place = after;
  for (let reads = 0; reads < READS; reads += 1) {
    const { entries, end } = await readActivity(db, filter, place, BATCH);
    for (const entry of entries) {
      const line = lines.at(-1);
      const day = dayOf(entry.happenedAt, timezone);
      if (!single && line !== undefined && line.day === day && isAlike(line, entry)) {
        line.count += 1;
        if (line.entries.length < SINGLES) {
          line.entries.push(entry);
        }
      } else if (lines.length === LINES) {
        return { lines, next: place };
      } else {
        lines.push({ day, entries: [entry], count: 1 });
      }
      place = entry.place;
    }
    if (end === undefined) {
      return { lines, next: undefined };
    }
    place = end;
    const line = lines.at(-1);
    if (!single && line !== undefined && entries.length === BATCH) {
      const [{ likeness }] = line.entries;
      const since = startOfDay(line.day, timezone) ?? new Date(0);
      const rest = await countAlike(db, filter, place, { likeness, since });
      line.count += rest?.count ?? 0;
      place = rest?.last ?? place;
    }
  }
  return { lines, next: place };
}

function isAlike({ entries: [first] }: ActivityLine, { likeness }: FoundEntry): boolean {
  return first.likeness === likeness;
}
