import type { Tx } from '../db/transaction.ts';
import { randomText } from '../lib/credentials.ts';
import { StagedoorError } from '../lib/errors.ts';
import { insertGrant } from './change-store.ts';
import { type NewGrant, ORGANIZERS_PER_GRANT } from './grant.ts';

/** Symbols of a grant's id: it names a grant in URLs and opens nothing. */
const ID_LENGTH = 22;

/**
 * Makes a grant; each consent makes a new one.
 * @returns its id
 * @throws StagedoorError `validation_failed` for more organizers than a grant can have
 */
export async function createGrant(tx: Tx, grant: NewGrant): Promise<string> {
  if (grant.organizers.length > ORGANIZERS_PER_GRANT) {
    throw new StagedoorError(
      'validation_failed',
      `A grant can have at most ${ORGANIZERS_PER_GRANT} organizers.`,
    );
  }
  const id = randomText(ID_LENGTH);
  await insertGrant(tx, id, grant);
  return id;
}
