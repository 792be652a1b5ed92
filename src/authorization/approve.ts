import { adoptCandidate } from '../applications/adopt.ts';
import { mailApplication } from '../applications/mail-owner.ts';
import { record } from '../audit/store.ts';
import { refuseBlockedUntilCommit } from '../client-documents/block-host.ts';
import type { Tx } from '../db/transaction.ts';
import { createGrant } from '../grants/create.ts';
import { lockLiveGrants } from '../grants/list-store.ts';
import { revokeLocked } from '../grants/revoke-several.ts';
import type { Origin } from '../lib/actor.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import type { Choice } from './choice.ts';
import { endOf } from './choice.ts';
import type { ConsentRequest } from './describe.ts';
import { findExceeding, wantsOrganizers } from './earlier.ts';

/** IDs of replaced grants in a log entry: a user can have thousands. */
const REPLACED_LIMIT = 20;

function describeResources(resources: ConsentRequest['resources']) {
  return {
    resources: resources.map(({ uri }) => uri),
    apis: namesOf(resources),
  };
}

/** Returns the names of the API services, each once. */
export function namesOf(resources: ConsentRequest['resources']): string[] {
  return [...new Set(resources.map(({ name }) => name))];
}

/**
 * Makes the grant, its log entry and its mail in one transaction: no authorization without
 * either. Each consent makes a new grant; earlier ones that allow more end, unless the user keeps
 * them. One mail reports both.
 * @param choice one that `checkChoice` has let through
 * @param given where the answer came from, the seconds that the grant lives before its first
 *   token, and the language of the page, for users whose own is not known
 * @returns the grant's id
 */
export async function approveConsent(
  tx: Tx,
  request: ConsentRequest,
  choice: Choice,
  given: { readonly origin: Origin; readonly lifetime: number; readonly pageLocale: string },
): Promise<string> {
  const { user, resources } = request;
  const { candidate } = request;
  if (candidate?.kind === 'metadata_document') {
    await refuseBlockedUntilCommit(tx, candidate.clientId);
  }
  const application =
    candidate === undefined
      ? request.application
      : await adoptCandidate(tx, candidate, given.origin);
  const chosen = new Set(wantsOrganizers(request, choice.scopes) ? choice.organizers : []);
  const organizers = (request.organizers ?? [])
    .filter(({ slug }) => chosen.has(slug))
    .map(({ slug, name }) => ({ slug, name }));
  const now = new Date();
  const endsAt = endOf(choice.ends, now);
  const grantId = await createGrant(tx, {
    userId: user.id,
    clientId: application.clientId,
    scopes: choice.scopes,
    organizers: organizers.map(({ slug }) => slug),
    resources:
      resources.length === 0
        ? undefined
        : new Map(resources.map(({ key, clientId }) => [key, clientId])),
    expiresAt: new Date(now.getTime() + given.lifetime * 1000),
    endsAt,
  });
  const replaced = await replaceEarlier(tx, request, choice, given.origin);
  await record(tx, {
    action: 'stagedoor.user.oauth.authorized',
    actor: `user:${user.id}`,
    userId: user.id,
    clientId: application.clientId,
    grantId,
    origin: given.origin,
    data: {
      application: application.name,
      scopes: choice.scopes,
      organizers,
      ...(resources.length === 0 ? {} : describeResources(resources)),
      ...(endsAt !== null && { ends_at: endsAt.toISOString() }),
      ...(replaced.length > 0 && describeReplaced(replaced)),
    },
  });
  await enqueueMail(tx, {
    kind: 'authorized',
    recipient: user.email,
    locale: user.locale || given.pageLocale,
    data: {
      grantId,
      application: mailApplication(application, application.ownerName),
      scopes: choice.scopes,
      organizers,
      apis: namesOf(resources),
      endsAt: endsAt?.toISOString(),
      replaced: replaced.length,
      at: now.toISOString(),
      timezone: user.timezone,
      origin: given.origin,
    },
  });
  return grantId;
}

/** Describes ended grants in the log: their number and the first IDs. Each has an entry of its own, too. */
function describeReplaced(ids: readonly string[]) {
  return { replaced: ids.slice(0, REPLACED_LIMIT), replaced_count: ids.length };
}

/** Ends what allows more than the choice, unless the user keeps it. Returns IDs of the ended grants. */
async function replaceEarlier(
  tx: Tx,
  request: ConsentRequest,
  choice: Choice,
  origin: Origin,
): Promise<string[]> {
  const exceeding = choice.previous === 'keep' ? [] : findExceeding(request, choice);
  if (exceeding.length === 0) {
    return [];
  }
  const userId = request.user.id;
  const grants = await lockLiveGrants(tx, {
    userId,
    clientId: request.application.clientId,
    ids: exceeding.map(({ id }) => id),
  });
  await revokeLocked(tx, grants, { reason: 'replaced', actor: `user:${userId}`, origin });
  return grants.map(({ id }) => id);
}
