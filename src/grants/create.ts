import { randomText } from '../credentials.ts';
import type { Tx } from '../db/transaction.ts';
import type { NewGrant } from './grant.ts';
import { insertGrant } from './store.ts';

/** Symbols of a grant's id: it names a grant in URLs and opens nothing. */
const ID_LENGTH = 22;

/**
 * Makes a grant; each consent makes a new one.
 * @returns its id
 */
export async function createGrant(tx: Tx, grant: NewGrant): Promise<string> {
  const id = randomText(ID_LENGTH);
  await insertGrant(tx, id, grant);
  return id;
}
