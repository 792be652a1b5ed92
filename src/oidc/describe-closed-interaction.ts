import type { ClosedInteraction } from '../authorization/interaction.ts';
import type { Db } from '../db/database.ts';
import { currentTransaction } from './current-transaction.ts';
import { selectClosedInteraction } from './interaction-store.ts';

/** Describes a request that can't be answered any more, by the id in its URL. */
export async function describeClosedInteraction(db: Db, uid: unknown): Promise<ClosedInteraction> {
  const over =
    typeof uid === 'string'
      ? await selectClosedInteraction(currentTransaction() ?? db, uid)
      : undefined;
  if (over?.applicationName === null) {
    return { reason: 'application_deleted', application: undefined };
  }
  return {
    reason: over?.finished ? 'answered' : 'expired',
    application: over && { name: over.applicationName, homepageUrl: over.homepageUrl },
  };
}
