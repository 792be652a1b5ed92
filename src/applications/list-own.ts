import type { Db } from '../db/database.ts';
import { type Application, isClientId } from './application.ts';
import { selectOwnApplications } from './own-store.ts';

/** An application as its owner's list shows it. */
export interface OwnApplication {
  readonly application: Application;
  /** Users with a live grant. */
  readonly connectedUsers: number;
  /** When tokens were last issued for anybody. */
  readonly lastUsedAt: Date | null;
}

/** The applications of a user, the newest first. */
export function listOwnApplications(db: Db, ownerId: string): Promise<OwnApplication[]> {
  return selectOwnApplications(db, ownerId);
}

/** An application of this user; somebody else's is not found. */
export async function findOwnApplication(
  db: Db,
  ownerId: string,
  clientId: string,
): Promise<OwnApplication | undefined> {
  const [own] = isClientId(clientId) ? await selectOwnApplications(db, ownerId, clientId) : [];
  return own;
}
