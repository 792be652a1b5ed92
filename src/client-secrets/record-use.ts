import type { Db } from '../db/database.ts';
import { onceAMinute } from '../lib/once-a-minute.ts';
import { type SecretTable, updateSecretUsed } from './store.ts';

/** Records that a request was authenticated by the secret with this SHA-256. */
export type RecordSecretUse = (secretHash: Uint8Array) => void;

/**
 * Creates the recorder of secret uses, which writes each secret at most once a minute, outside of the
 * request's transaction.
 */
export function createRecordSecretUse(db: Db, table: SecretTable): RecordSecretUse {
  const record = onceAMinute((key) => updateSecretUsed(db, table, Buffer.from(key, 'base64')));
  return (secretHash) => record(Buffer.from(secretHash).toString('base64'));
}
