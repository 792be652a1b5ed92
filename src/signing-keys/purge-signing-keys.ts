import type { Db } from '../db/database.ts';
import { publishedAfter } from './signing-key.ts';
import { deleteRetiredSigningKeys } from './signing-key-store.ts';

/**
 * Deletes retired signing keys, public and private part, once nothing that they signed lives.
 * @returns how many were deleted
 */
export function purgeSigningKeys(
  db: Db,
  config: { readonly accessTokenTtl: number },
): Promise<number> {
  return deleteRetiredSigningKeys(db, publishedAfter(config));
}
