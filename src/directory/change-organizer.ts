import { isDeepStrictEqual } from 'node:util';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { found, StagedoorError, ValidationError } from '../lib/errors.ts';
import { isSlug, type Organizer } from './organizer.ts';
import {
  deleteOrganizerRow,
  insertOrganizer,
  lockOrganizer,
  updateOrganizer,
} from './organizer-store.ts';
import type { PutOutcome } from './put-outcome.ts';

/**
 * Creates the organizer or renames an existing one; the same again changes and logs nothing.
 * @throws ValidationError where the slug can't be one
 */
export async function putOrganizer(
  tx: Tx,
  actor: Actor,
  slug: string,
  { name }: Omit<Organizer, 'slug'>,
): Promise<{ organizer: Organizer; outcome: PutOutcome }> {
  if (!isSlug(slug)) {
    throw new ValidationError({
      slug: ['A slug is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit.'],
    });
  }
  const organizer: Organizer = { slug, name };
  const created =
    (await lockOrganizer(tx, slug)) === undefined && (await insertOrganizer(tx, organizer));
  if (!created) {
    // Read again: another transaction may have created it since the first read.
    const known = await lockOrganizer(tx, slug);
    if (known === undefined) {
      throw new StagedoorError('conflict', 'The organizer was deleted meanwhile. Try again.');
    }
    if (isDeepStrictEqual(known.name, name)) {
      return { organizer: known, outcome: 'unchanged' };
    }
    await updateOrganizer(tx, organizer);
  }
  await record(tx, {
    action: 'stagedoor.directory.organizer.changed',
    actor,
    data: { organizer: slug, name, changed: created ? ['created'] : ['name'] },
  });
  return { organizer, outcome: created ? 'created' : 'changed' };
}

/**
 * Deletes an organizer and its teams. Grants stay, and no longer open it.
 * @throws StagedoorError `not_found`
 */
export async function deleteOrganizer(tx: Tx, actor: Actor, slug: string): Promise<void> {
  const known = found(isSlug(slug) ? await lockOrganizer(tx, slug) : undefined);
  await record(tx, {
    action: 'stagedoor.directory.organizer.deleted',
    actor,
    data: { organizer: slug, name: known.name },
  });
  await deleteOrganizerRow(tx, slug);
}
