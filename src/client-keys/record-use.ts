import type { Db } from '../db/database.ts';
import { onceAMinute } from '../lib/once-a-minute.ts';
import { updateKeyUsed } from './store.ts';

/** Records that a request was authenticated by a key of an application. */
export type RecordKeyUse = (clientId: string, kid: string) => void;

/**
 * Creates the recorder of key uses, which writes each key at most once a minute, outside of the
 * request's transaction.
 */
export function createRecordKeyUse(db: Db): RecordKeyUse {
  const record = onceAMinute((key) => {
    // A client ID contains no blank.
    const [clientId = '', ...kid] = key.split(' ');
    return updateKeyUsed(db, clientId, kid.join(' '));
  });
  return (clientId, kid) => record(`${clientId} ${kid}`);
}
