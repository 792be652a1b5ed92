import type { Db } from '../db/database.ts';
import { ERROR_DAYS, ERRORS_PER_CLIENT } from './client-error.ts';
import { deleteOldClientErrors } from './store.ts';

/** Deletes failed requests after 7 days, and what an application has beyond 10,000. */
export async function purgeClientErrors(db: Db): Promise<void> {
  await deleteOldClientErrors(db, ERROR_DAYS, ERRORS_PER_CLIENT);
}
