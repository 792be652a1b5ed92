import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { recordUserChange } from './change-user.ts';
import { insertIdentity, touchUser, userByIdentity } from './identity-store.ts';
import type { Identity, User } from './user.ts';
import { credentialsByEmail } from './user-store.ts';

/** The user whom this identity belongs to, active or not. */
export function findUserByIdentity(db: Db, identity: Identity): Promise<User | undefined> {
  return userByIdentity(db, identity);
}

/**
 * Gives the identity to the user who has this e-mail address, for good: from then on the address
 * no longer counts. Nobody gets a second identity of the same issuer this way, and a deactivated
 * user gets none.
 * @param email an address that the issuer has verified
 * @returns the user, or undefined where nobody can be given it
 */
export async function linkByEmail(
  tx: Tx,
  identity: Identity,
  email: string,
): Promise<User | undefined> {
  const user = (await credentialsByEmail(tx, email))?.user;
  if (user === undefined || !user.isActive) {
    return user;
  }
  if (await insertIdentity(tx, user.id, identity)) {
    await touchUser(tx, user.id);
    await recordUserChange(tx, 'system', user.id, ['upstream_subject']);
    return user;
  }
  // Another request may have done the same at this moment.
  const owner = await userByIdentity(tx, identity);
  return owner?.id === user.id ? owner : undefined;
}
