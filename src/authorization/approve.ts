import { hash } from 'node:crypto';
import { adoptCandidate } from '../applications/adopt.ts';
import { mailApplication } from '../applications/mail-application.ts';
import { record } from '../audit/store.ts';
import { refuseBlockedUntilCommit } from '../client-documents/refuse-blocked.ts';
import type { Tx } from '../db/transaction.ts';
import { createGrant } from '../grants/create.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import type { Origin } from '../lib/actor.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import type { ConsentRequest } from './describe.ts';

/** Choice of the user. */
export interface Choice {
  readonly scopes: readonly string[];
  readonly organizers: readonly string[];
}

/** A form that allows a request. */
export interface Allowance extends Choice {
  /** The API services that the page named, by `digestOfApis`; empty: the form does not say. */
  readonly apis: string;
}

/** Problems of a choice, by part of the page. */
export interface ChoiceErrors {
  readonly apis?: 'changed';
  readonly scopes?: 'required' | 'foreign';
  readonly organizers?: 'required' | 'foreign' | 'too_many';
}

/**
 * Checks what was posted against what was asked for and against the directory as it is now. What
 * is not the user's is refused, never dropped in silence.
 * @returns undefined where the choice can be taken
 */
export function checkChoice(request: ConsentRequest, choice: Allowance): ChoiceErrors | undefined {
  const requested = new Set(request.scopes.map((scope) => scope.name));
  const theirs = new Set(request.organizers?.map((organizer) => organizer.slug));
  const scopes = problem(choice.scopes, requested, true);
  const wanted = wantsOrganizers(request, choice.scopes);
  const organizers =
    wanted && choice.organizers.length > ORGANIZERS_PER_GRANT
      ? 'too_many'
      : problem(choice.organizers, theirs, wanted);
  const isOther = choice.apis !== '' && choice.apis !== digestOfApis(request.resources);
  return scopes === undefined && organizers === undefined && !isOther
    ? undefined
    : {
        ...(isOther && { apis: 'changed' }),
        ...(scopes && { scopes }),
        ...(organizers && { organizers }),
      };
}

/**
 * Returns a digest of the API services that the page names. A resource can move to another service
 * while the page is open: the user has not allowed that one.
 */
export function digestOfApis(resources: ConsentRequest['resources']): string {
  const services = resources.map(({ key, clientId, name }) => [key, clientId, name]);
  return hash('sha256', JSON.stringify(services), 'base64url');
}

function problem(
  chosen: readonly string[],
  offered: ReadonlySet<string>,
  required: boolean,
): 'required' | 'foreign' | undefined {
  if (!chosen.every((one) => offered.has(one))) {
    return 'foreign';
  }
  return required && chosen.length === 0 ? 'required' : undefined;
}

function wantsOrganizers(request: ConsentRequest, chosen: readonly string[]): boolean {
  return request.scopes.some((scope) => scope.organizers && chosen.includes(scope.name));
}

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
 * either. Each consent makes a new grant; an earlier one is not touched.
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
  const organizers = (request.organizers ?? []).filter(({ slug }) => chosen.has(slug));
  const now = new Date();
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
  });
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
      at: now.toISOString(),
      timezone: user.timezone,
      origin: given.origin,
    },
  });
  return grantId;
}
