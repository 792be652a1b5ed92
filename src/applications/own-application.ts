import type { Db } from '../db/database.ts';
import { isClientId } from '../lib/client-id.ts';
import type { Application } from './application.ts';
import { listOwnApplications } from './own-store.ts';

/** An application as its owner's list shows it. */
export interface OwnApplication {
  readonly application: Application;
  /** Users with a live grant. */
  readonly connectedUsers: number;
  /** Time of the last token that was issued. */
  readonly lastUsedAt: Date | null;
  /** Failed requests within 24 hours; 100 stands for more, too. */
  readonly recentFailures: number;
}

/** Returns an application of this user. */
export async function findOwnApplication(
  db: Db,
  ownerId: string,
  clientId: string,
): Promise<OwnApplication | undefined> {
  const [own] = isClientId(clientId) ? await listOwnApplications(db, ownerId, clientId) : [];
  return own;
}
