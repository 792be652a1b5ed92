import type { Tx } from '../db/transaction.ts';
import { found, StagedoorError } from '../lib/errors.ts';
import { retryFailedMails, selectMailState } from './outbox-store.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Makes a mail that was given up due again, under the same Message-ID.
 * @throws StagedoorError `not_found`; `conflict` where it was not given up
 */
export async function retryMail(tx: Tx, id: string): Promise<void> {
  const known = UUID.test(id);
  if (known && (await retryFailedMails(tx, id)) > 0) {
    return;
  }
  const state = found(
    known ? await selectMailState(tx, id) : undefined,
    `There is no mail with the id ${JSON.stringify(id)}.`,
  );
  throw new StagedoorError(
    'conflict',
    state === 'sent'
      ? 'That mail was sent already.'
      : 'That mail was not given up: it waits for its next attempt.',
  );
}
