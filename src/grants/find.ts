import type { Db } from '../db/database.ts';
import type { EarlierGrant, Grant, GrantDetails } from './grant.ts';
import {
  selectAnyGrant,
  selectCoveringGrant,
  selectGrant,
  selectLiveGrants,
  selectNewestGrant,
} from './store.ts';

/** One grant by id, revoked or not. */
export function findGrant(db: Db, id: string): Promise<Grant | undefined> {
  return selectGrant(db, id);
}

/**
 * The id of the newest live grant that lets a request through without the consent page: it has
 * every requested scope and, where those open organizers, still opens at least one.
 */
export function findCoveringGrant(
  db: Db,
  wanted: { userId: string; clientId: string; scopes: readonly string[]; organizers: boolean },
): Promise<string | undefined> {
  return selectCoveringGrant(db, wanted);
}

/** The live grants of a user, newest first. */
export function listLiveGrants(db: Db, userId: string): Promise<GrantDetails[]> {
  return selectLiveGrants(db, { userId });
}

/** Returns a live grant of this user. */
export async function findLiveGrant(
  db: Db,
  userId: string,
  id: string,
): Promise<GrantDetails | undefined> {
  const [grant] = await selectLiveGrants(db, { userId, id });
  return grant;
}

/** The newest live grant of this user and application: what the consent page compares with. */
export function findLastGrant(
  db: Db,
  parties: { userId: string; clientId: string },
): Promise<EarlierGrant | undefined> {
  return selectNewestGrant(db, parties);
}

/** Tests if the user ever granted the application anything, ended or not. */
export function hasEverGranted(
  db: Db,
  parties: { userId: string; clientId: string },
): Promise<boolean> {
  return selectAnyGrant(db, parties);
}

/** Returns the live grants of a user that were not used for `days` days, newest first. */
export async function listUnusedGrants(
  db: Db,
  userId: string,
  days: number,
): Promise<GrantDetails[]> {
  return selectLiveGrants(db, { userId, unusedDays: days });
}
