import type { ClosedInteraction } from '../authorization/interaction.ts';
import type { Db } from '../db/database.ts';
import { currentTransaction } from './current-transaction.ts';
import { openPushedRequest } from './interaction-adapter.ts';
import { type ClosedRow, selectClosedInteraction } from './interaction-store.ts';
import { restartPath } from './restart-url.ts';

/**
 * Describes a request that this browser can't answer, by the id in its URL. The user whose session
 * began it can start it over.
 * @param userId the signed-in user
 */
export async function describeClosedInteraction(
  { db, issuer }: { readonly db: Db; readonly issuer: string },
  uid: unknown,
  userId: string | undefined,
): Promise<ClosedInteraction> {
  if (typeof uid !== 'string') {
    return { reason: 'expired', application: undefined };
  }
  const over = await selectClosedInteraction(currentTransaction() ?? db, uid);
  if (over === undefined) {
    return { reason: 'expired', application: undefined };
  }
  const { applicationName: name, homepageUrl } = over;
  if (name === null) {
    return { reason: 'application_deleted', application: undefined };
  }
  const application = { name, homepageUrl };
  if (over.finished) {
    return { reason: 'answered', application };
  }
  const isOwn = userId !== undefined && over.userId === userId;
  return {
    reason: over.expired ? 'expired' : 'other_browser',
    application,
    restartAt: isOwn ? restartOf(issuer, uid, over) : undefined,
  };
}

/** A pushed request expires together with the one that waits. */
function restartOf(
  issuer: string,
  uid: string,
  { params, pushedRequest, expired }: ClosedRow,
): string | undefined {
  if (pushedRequest === null) {
    return restartPath(issuer, { params });
  }
  return expired
    ? undefined
    : restartPath(issuer, { params, parJti: openPushedRequest(uid, pushedRequest) });
}
