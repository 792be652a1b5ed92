import type { Db } from '../db/database.ts';
import { openSigningKey } from './seal-signing-key.ts';
import { selectSigningKeys } from './signing-key-store.ts';

/** Ids of the keys that sign, now or next, and that none of these secrets opens. */
export async function unopenedSigningKeys(db: Db, secrets: readonly string[]): Promise<string[]> {
  const keys = await selectSigningKeys(db);
  return keys
    .filter((key) => key.state !== 'retired')
    .filter((key) => {
      try {
        openSigningKey(secrets, key);
        return false;
      } catch {
        return true;
      }
    })
    .map(({ kid }) => kid);
}
