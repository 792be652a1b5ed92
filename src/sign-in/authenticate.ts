import type { Db } from '../db/database.ts';
import type { PasswordWork } from '../users/password-queue.ts';
import { credentialsByEmail, type UserCredentials } from '../users/user-store.ts';

/**
 * The active user with this e-mail address and password. Unknown address, deactivated user and
 * wrong password are the same answer after the same time.
 */
export async function authenticate(
  db: Db,
  email: string,
  password: string,
  { verify }: Pick<PasswordWork, 'verify'>,
): Promise<UserCredentials | undefined> {
  const found = await credentialsByEmail(db, email.trim());
  const matches = await verify(found?.passwordHash ?? null, password);
  return matches && found?.user.isActive ? found : undefined;
}
