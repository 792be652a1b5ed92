import type { Db } from '../db/database.ts';
import { type SecretTable, updateSecretUsed } from './store.ts';

/** Milliseconds within which a further use of the same secret is not written again. */
const INTERVAL = 60_000;
/** Number of secrets that are remembered. If there are more, uses are written more often. */
const REMEMBERED = 10_000;

/** Records that a request was authenticated by the secret with this SHA-256. */
export type RecordSecretUse = (secretHash: Uint8Array) => void;

/**
 * Creates the recorder of secret uses, which writes each secret at most once a minute. It returns at
 * once and writes outside of the request's transaction: a request neither waits for it nor fails
 * because of it.
 */
export function createRecordSecretUse(db: Db, table: SecretTable): RecordSecretUse {
  const written = new Map<string, number>();
  return (secretHash) => {
    const key = Buffer.from(secretHash).toString('base64');
    const now = Date.now();
    if (now - (written.get(key) ?? Number.NEGATIVE_INFINITY) < INTERVAL) {
      return;
    }
    if (written.size >= REMEMBERED) {
      written.clear();
    }
    written.set(key, now);
    // If writing fails, the next use tries again.
    updateSecretUsed(db, table, secretHash).catch(() => written.delete(key));
  };
}
