import type { Db } from '../db/database.ts';
import { selectChangedFields } from './store.ts';

/**
 * Which fields of an application were changed after `since`, by their camelCase names, in
 * alphabetical order. An invalid date counts as before all time.
 */
export function changedFieldsSince(db: Db, clientId: string, since: Date): Promise<string[]> {
  return selectChangedFields(db, clientId, Number.isNaN(since.getTime()) ? new Date(0) : since);
}
