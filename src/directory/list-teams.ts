import type { Db } from '../db/database.ts';
import type { Direction, Slice, Sliced } from '../db/slice.ts';
import { StagedoorError } from '../lib/errors.ts';
import { findOrganizer } from './find-organizer.ts';
import { listTeamRows } from './organizer-store.ts';
import type { Team } from './team.ts';

/**
 * One slice of an organizer's teams, by id.
 * @throws StagedoorError `not_found` where there is no such organizer
 */
export async function listTeams(
  db: Db,
  organizerSlug: string,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<Team>> {
  if ((await findOrganizer(db, organizerSlug)) === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return listTeamRows(db, organizerSlug, slice, direction);
}
