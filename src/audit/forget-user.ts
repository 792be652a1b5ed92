import type { Tx } from '../db/transaction.ts';
import { emailKey } from '../lib/email.ts';
import {
  allowForgetting,
  deleteMailsTo,
  forgetInLogsOfOthers,
  forgetInMails,
  forgetOffers,
  selectFormerAddresses,
  selectKeysInUse,
  selectOfferedAddresses,
} from './forget-store.ts';

/**
 * Removes what identifies a deleted user from the logs of others and from the outbox: e-mail addresses,
 * IP and User-Agent, mails to the user, and the user's name in mails to others. The entries themselves
 * and the user's id stay. Works only after the deletion was logged and done, in the same transaction:
 * the database refuses any other change of the log. `deletions/` does the same for the user's own log.
 * A former address that is another user's by now counts as that user's.
 * @returns the user's name and addresses, the latter in all spellings that the log had
 */
export async function forgetUser(
  tx: Tx,
  user: { readonly id: string; readonly email: string; readonly fullName: string },
): Promise<{ names: string[]; addresses: string[] }> {
  await allowForgetting(tx, user.id);
  const all = [user.email, ...(await selectFormerAddresses(tx, user.id))];
  const taken = await selectKeysInUse(tx, all.map(keyOf));
  const own = all.filter((address) => !taken.has(keyOf(address)));
  const keys = new Set(own.map(keyOf));
  const typed = (await selectOfferedAddresses(tx)).filter((address) => keys.has(keyOf(address)));
  const addresses = [...new Set([...own, ...typed])];
  await forgetInLogsOfOthers(tx, user.id);
  await forgetOffers(tx, addresses);
  await deleteMailsTo(tx, own);
  const names = user.fullName === '' ? addresses : [user.fullName, ...addresses];
  await forgetInMails(tx, names);
  return { names, addresses };
}

/**
 * Returns the key of an address as the users table stores it; an address without a key is returned
 * unchanged.
 */
function keyOf(address: string): string {
  return emailKey(address) ?? address;
}
