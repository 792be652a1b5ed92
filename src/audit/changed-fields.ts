import type { Db } from '../db/database.ts';
import { selectChangedFields } from './store.ts';

/**
 * Returns the camelCase names of the fields of an application that were changed after `since`, in
 * alphabetical order. An invalid date returns all changes.
 */
export function changedFieldsSince(db: Db, clientId: string, since: Date): Promise<string[]> {
  return selectChangedFields(db, clientId, Number.isNaN(since.getTime()) ? new Date(0) : since);
}
