import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isSlug } from './organizer.ts';
import { deleteOrganizerRow, lockOrganizer } from './organizer-store.ts';

/**
 * Deletes an organizer and its teams. Grants stay, and no longer open it.
 * @throws StagedoorError `not_found`
 */
export async function deleteOrganizer(tx: Tx, actor: Actor, slug: string): Promise<void> {
  const known = isSlug(slug) ? await lockOrganizer(tx, slug) : undefined;
  if (known === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  await record(tx, {
    action: 'stagedoor.directory.organizer.deleted',
    actor,
    data: { organizer: slug, name: known.name },
  });
  await deleteOrganizerRow(tx, slug);
}
