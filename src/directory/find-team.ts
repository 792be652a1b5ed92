import type { Db } from '../db/database.ts';
import { isDirectoryId } from '../users/user.ts';
import { isSlug } from './organizer.ts';
import { teamById } from './organizer-store.ts';
import type { Team } from './team.ts';

/** One team of an organizer. */
export async function findTeam(
  db: Db,
  organizerSlug: string,
  id: string,
): Promise<Team | undefined> {
  return isSlug(organizerSlug) && isDirectoryId(id) ? teamById(db, organizerSlug, id) : undefined;
}
