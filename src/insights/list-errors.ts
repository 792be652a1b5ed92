import type { Db } from '../db/database.ts';
import type { Slice, Sliced } from '../db/slice.ts';
import { type ClientError, type Endpoint, ERROR_DAYS } from './client-error.ts';
import { listClientErrorRows } from './store.ts';

/** An application's failed requests of the last 7 days, the newest first. */
export function listErrors(
  db: Db,
  clientId: string,
  endpoint: Endpoint | undefined,
  slice: Slice,
): Promise<Sliced<ClientError>> {
  return listClientErrorRows(db, { clientId, endpoint, days: ERROR_DAYS }, slice);
}
