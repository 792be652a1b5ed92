import type { Tx } from '../../db/transaction.ts';
import { linkByEmail } from '../../directory/link-by-email.ts';
import type { Origin } from '../../lib/actor.ts';
import { findUserByIdentity } from '../../users/identity-store.ts';
import type { Identity, User } from '../../users/user.ts';

/**
 * Whom the provider means: the user with this issuer and subject. A subject is never compared with
 * our own ids: two systems that count their users from 1 would lend each other their accounts.
 * @param verifiedEmail where addresses may match: the first time, the user who has this one
 */
export async function matchUser(
  tx: Tx,
  identity: Identity,
  verifiedEmail: string | undefined,
  origin: Origin,
): Promise<User | undefined> {
  const known = await findUserByIdentity(tx, identity);
  return known === undefined && verifiedEmail !== undefined
    ? linkByEmail(tx, identity, verifiedEmail, origin)
    : known;
}
