import type { Db } from '../db/database.ts';
import type {
  ActivityApplication,
  ActivityEntry,
  ActivityKind,
  ActivitySlice,
} from './activity.ts';
import { selectActivity, selectActivityApplications } from './activity-store.ts';

/** Entries a page. */
const PAGE_SIZE = 50;
/** Entries in which applications to filter by are looked for: more would be slow in a very long log. */
const WINDOW = 10_000;

/** A page of a user's log. */
export interface ActivityPage {
  readonly entries: readonly ActivityEntry[];
  /** Older entries exist. They are not counted: that would read the whole log. */
  readonly more: boolean;
}

/**
 * A page of a user's own log, the newest entries first.
 * @param page from 1; one that is past the last is empty
 */
export async function listActivity(
  db: Db,
  filter: Pick<ActivitySlice, 'userId' | 'clientId'> & { kind: ActivityKind | undefined },
  page: number,
): Promise<ActivityPage> {
  const offset = (page - 1) * PAGE_SIZE;
  const found = await selectActivity(db, { ...filter, limit: PAGE_SIZE + 1, offset });
  return { entries: found.slice(0, PAGE_SIZE), more: found.length > PAGE_SIZE };
}

/** The applications that occur in the newest 10,000 entries of a user's log, in no order. */
export function listActivityApplications(db: Db, userId: string): Promise<ActivityApplication[]> {
  return selectActivityApplications(db, userId, WINDOW);
}
