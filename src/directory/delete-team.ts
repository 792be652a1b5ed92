import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isDirectoryId } from '../users/user.ts';
import { isSlug } from './organizer.ts';
import { deleteTeamRow, lockTeam } from './organizer-store.ts';

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
  const known = possible ? await lockTeam(tx, organizerSlug, id) : undefined;
  if (known === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  await record(tx, {
    action: 'stagedoor.directory.team.deleted',
    actor,
    data: { organizer: organizerSlug, team: id, name: known.name },
  });
  await deleteTeamRow(tx, organizerSlug, id);
}
