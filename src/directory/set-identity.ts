import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { ValidationError } from '../lib/errors.ts';
import { deleteIdentity, insertIdentity, selectSubjects } from '../users/identity-store.ts';
import type { IdentityInput, ProvisionedUser } from '../users/user.ts';

/**
 * A user with the subject by which the upstream provider knows them; null where it does not, and
 * undefined where there is no provider.
 */
export type KnownUser = ProvisionedUser & { readonly upstreamSubject: string | null | undefined };

/**
 * The users with their subjects at the provider.
 * @param issuer undefined: there is no provider
 */
export async function withSubjects(
  db: Db,
  issuer: string | undefined,
  users: readonly ProvisionedUser[],
): Promise<KnownUser[]> {
  if (issuer === undefined) {
    return users.map((user) => ({ ...user, upstreamSubject: undefined }));
  }
  const ids = users.map(({ id }) => id);
  const subjects = await selectSubjects(db, issuer, ids);
  return users.map((user) => ({ ...user, upstreamSubject: subjects.get(user.id) ?? null }));
}

/** As `withSubjects`, of one user. */
export async function withSubject(
  db: Db,
  issuer: string | undefined,
  user: ProvisionedUser,
): Promise<KnownUser> {
  const [known] = await withSubjects(db, issuer, [user]);
  return known ?? { ...user, upstreamSubject: undefined };
}

/**
 * Makes this the identity of a locked user, or takes it away.
 * @returns what was there before, where that was another one
 * @throws ValidationError where it is another user's
 */
export async function setIdentity(
  tx: Tx,
  userId: string,
  { issuer, subject }: IdentityInput,
): Promise<{ readonly before: string | null } | undefined> {
  const before = (await selectSubjects(tx, issuer, [userId])).get(userId) ?? null;
  if (before === subject) {
    return undefined;
  }
  await deleteIdentity(tx, userId, issuer);
  if (subject !== null && !(await insertIdentity(tx, userId, { issuer, subject }))) {
    throw new ValidationError({ upstream_subject: ["This is another user's already."] });
  }
  return { before };
}
