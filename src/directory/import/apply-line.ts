import type { Tx } from '../../db/transaction.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import type { HashPassword } from '../../users/password.ts';
import { putOrganizer } from '../change-organizer.ts';
import { putTeam } from '../change-team.ts';
import type { UserEditor } from '../operator-role.ts';
import { isSlug } from '../organizer.ts';
import type { PutOutcome } from '../put-outcome.ts';
import { putUser } from '../write-user.ts';
import type { ImportItem } from './line.ts';

/**
 * Does what the PUT of the same thing does.
 * @throws ValidationError; StagedoorError `conflict` where it was deleted meanwhile;
 *   `forbidden` if the operator lacks the rights for it
 */
export async function applyLine(
  tx: Tx,
  editor: UserEditor,
  wish: ImportItem,
  hash: HashPassword,
): Promise<PutOutcome> {
  switch (wish.kind) {
    case 'user':
      return (await putUser(tx, editor, wish.id, wish.input, hash)).outcome;
    case 'organizer':
      return (await putOrganizer(tx, editor.actor, wish.slug, wish.input)).outcome;
    case 'team': {
      const { organizer, id, input } = wish;
      const { outcome } = await putTeam(tx, editor.actor, organizer, id, input).catch((error) =>
        refuseOrganizer(error, organizer),
      );
      return outcome;
    }
  }
}

/** The organizer of a team is a field of its line, not a part of an address. */
function refuseOrganizer(error: unknown, slug: string): never {
  if (error instanceof StagedoorError && error.code === 'not_found') {
    throw new ValidationError({
      organizer: [
        isSlug(slug) ? `There is no organizer "${slug}".` : 'Not the slug of an organizer.',
      ],
    });
  }
  throw error;
}
