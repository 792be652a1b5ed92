import type { Db } from '../db/database.ts';
import { type Application, isClientId } from './application.ts';
import { selectOwnApplications } from './own-store.ts';

/** An application as its owner's list shows it. */
export interface OwnApplication {
  readonly application: Application;
  /** Users with a live grant. */
  readonly connectedUsers: number;
  /** Time of the last token that was issued. */
  readonly lastUsedAt: Date | null;
}

/** The applications of a user, the newest first. */
export function listOwnApplications(db: Db, ownerId: string): Promise<OwnApplication[]> {
  return selectOwnApplications(db, ownerId);
}

/** Returns an application of this user. */
export async function findOwnApplication(
  db: Db,
  ownerId: string,
  clientId: string,
): Promise<OwnApplication | undefined> {
  const [own] = isClientId(clientId) ? await selectOwnApplications(db, ownerId, clientId) : [];
  return own;
}
