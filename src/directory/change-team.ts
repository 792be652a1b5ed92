import { isDeepStrictEqual } from 'node:util';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { found, StagedoorError, ValidationError } from '../lib/errors.ts';
import { isDirectoryId, requireDirectoryId } from '../users/user.ts';
import { findMissingUsers } from '../users/user-store.ts';
import { isSlug } from './organizer.ts';
import {
  deleteTeamRow,
  holdOrganizer,
  insertTeam,
  lockTeam,
  replaceMembers,
  updateTeam,
} from './organizer-store.ts';
import type { PutOutcome } from './put-outcome.ts';
import type { Team, TeamInput } from './team.ts';

/**
 * Creates the team or makes an existing one exactly this, members included; the same again
 * changes and logs nothing.
 * @throws StagedoorError `not_found` where there is no such organizer; ValidationError where a
 *   member is no user
 */
export async function putTeam(
  tx: Tx,
  actor: Actor,
  organizerSlug: string,
  id: string,
  input: TeamInput,
): Promise<{ team: Team; outcome: PutOutcome }> {
  if (!isSlug(organizerSlug) || !(await holdOrganizer(tx, organizerSlug))) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  requireDirectoryId(id);
  const members = [...new Set(input.members)].sort();
  // Users before the team, as deleting a user does: the other way round the two could deadlock.
  const missing = await findMissingUsers(tx, members);
  if (missing.length > 0) {
    throw new ValidationError({ members: missing.map((one) => `There is no user "${one}".`) });
  }
  const team: Team = { ...input, id, members };
  const known = await lockTeam(tx, organizerSlug, id);
  const created = known === undefined && (await insertTeam(tx, organizerSlug, id, team));
  const before = created ? undefined : (known ?? (await lockTeam(tx, organizerSlug, id)));
  const changed = changedFields(before, team);
  if (changed.length === 0) {
    return { team, outcome: 'unchanged' };
  }
  if (before !== undefined) {
    await updateTeam(tx, organizerSlug, id, team);
  }
  await replaceMembers(tx, organizerSlug, id, members);
  await record(tx, {
    action: 'stagedoor.directory.team.changed',
    actor,
    data: { organizer: organizerSlug, team: id, name: team.name, changed },
  });
  return { team, outcome: created ? 'created' : 'changed' };
}

/** Names of the fields as the API has them. */
const FIELDS: readonly (readonly [keyof TeamInput, string])[] = [
  ['name', 'name'],
  ['permissions', 'permissions'],
  ['allEvents', 'all_events'],
  ['limitEvents', 'limit_events'],
  ['members', 'members'],
];

function changedFields(before: Team | undefined, after: Team): string[] {
  if (before === undefined) {
    return ['created'];
  }
  return FIELDS.filter(([field]) => !isDeepStrictEqual(before[field], after[field])).map(
    ([, name]) => name,
  );
}

/**
 * Deletes a team; who was in it loses its permissions at once.
 * @throws StagedoorError `not_found`
 */
export async function deleteTeam(
  tx: Tx,
  actor: Actor,
  organizerSlug: string,
  id: string,
): Promise<void> {
  const possible = isSlug(organizerSlug) && isDirectoryId(id);
  const known = found(possible ? await lockTeam(tx, organizerSlug, id) : undefined);
  await record(tx, {
    action: 'stagedoor.directory.team.deleted',
    actor,
    data: { organizer: organizerSlug, team: id, name: known.name },
  });
  await deleteTeamRow(tx, organizerSlug, id);
}
