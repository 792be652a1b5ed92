import type { Db } from '../db/database.ts';
import { isDirectoryId, type ProvisionedUser, type User } from './user.ts';
import { provisionedUserById, userById } from './user-store.ts';

/** The user with this id, unless deactivated. */
export async function findActiveUser(db: Db, id: string): Promise<User | undefined> {
  const user = await findUser(db, id);
  return user?.isActive ? user : undefined;
}

/** The user with this id, active or not. */
export async function findUser(db: Db, id: string): Promise<User | undefined> {
  return isDirectoryId(id) ? userById(db, id) : undefined;
}

/** The user with this id, active or not, as the platform says. */
export async function findProvisionedUser(
  db: Db,
  id: string,
): Promise<ProvisionedUser | undefined> {
  return isDirectoryId(id) ? provisionedUserById(db, id) : undefined;
}
