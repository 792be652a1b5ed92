import type { Db } from '../db/database.ts';
import { updateServerSecretUsed } from '../resource-servers/secret-store.ts';
import { updateSecretUsed } from './secret-store.ts';

/** Milliseconds within which a further use of the same secret is not written again. */
const INTERVAL = 60_000;
/** Secrets that are remembered; more than that within a minute are written more often. */
const REMEMBERED = 10_000;

/** Notes that a request was authenticated by the secret with this SHA-256. */
export type NoteSecretUse = (secretHash: Uint8Array) => void;

/**
 * Makes what notes the uses of secrets, at most once a minute each. It returns at once and writes
 * outside of the request's transaction: a request neither waits for it nor fails by it.
 */
export function createNoteSecretUse(
  db: Db,
  of: 'applications' | 'resource servers' = 'applications',
): NoteSecretUse {
  const update = of === 'applications' ? updateSecretUsed : updateServerSecretUsed;
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
    // Where it could not be written, the next use tries again.
    update(db, secretHash).catch(() => written.delete(key));
  };
}
