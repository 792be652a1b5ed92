import { isDeepStrictEqual } from 'node:util';
import { record, selectChangedFields } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';
import {
  type Application,
  type ApplicationDetails,
  type ClientType,
  isReviewed,
} from './application.ts';
import { updateApplicationRow } from './change-store.ts';
import { checkDetails } from './check-details.ts';
import { followOwnerChange } from './follow-owner-change.ts';
import { lockForActor, lockOrThrow } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { findApplication } from './store.ts';

/** Changes of an application; undefined fields stay. */
export type ApplicationChanges = {
  readonly [K in keyof ApplicationDetails]?: ApplicationDetails[K] | undefined;
} & {
  /** Only what it is already: a change of type would leave secrets, or none, behind. */
  readonly clientType?: ClientType | undefined;
};

/** Changes by the owner's form. Owner and state change elsewhere. */
export type OwnApplicationChanges = Omit<ApplicationChanges, 'ownerId' | 'isActive'>;

/** Somebody else, or the same person in another tab, has changed the application meanwhile. */
export class ChangedMeanwhileError extends StagedoorError {
  /** Fields that changed since the form was loaded, camelCase names of `ApplicationDetails`. */
  readonly fields: readonly string[];

  constructor(fields: readonly string[]) {
    super('conflict', 'The application was changed meanwhile. Look at it again.');
    this.name = 'ChangedMeanwhileError';
    this.fields = fields;
  }
}

/**
 * Changes the given fields of an application. No difference: nothing is written or logged.
 * @throws StagedoorError `not_found`; ValidationError
 */
export async function updateApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
  changes: ApplicationChanges,
  customSchemes: readonly string[] = [],
): Promise<Application> {
  const before = await lockOrThrow(tx, clientId);
  return apply(tx, actor, before, changes, { origin: undefined, customSchemes });
}

/**
 * Updates an application for its owner.
 * @param expected `updatedAt` of the version that the form was made from
 * @throws StagedoorError `not_found`, also if it belongs to another user; ChangedMeanwhileError;
 *   ValidationError
 */
export async function updateOwnApplication(
  tx: Tx,
  actor: Actor,
  ownerId: string,
  clientId: string,
  expected: Date,
  changes: OwnApplicationChanges,
  origin?: Origin,
  customSchemes: readonly string[] = [],
): Promise<Application> {
  const before = await lockForActor(tx, actor, clientId);
  if (before.ownerId !== ownerId) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  if (before.updatedAt.getTime() !== expected.getTime()) {
    // A review or a suspension meanwhile is nothing that this would overwrite.
    const fields = await selectChangedFields(tx, clientId, expected);
    if (fields.length > 0) {
      throw new ChangedMeanwhileError(fields);
    }
  }
  const own = { ...changes, ownerId: undefined, isActive: undefined };
  return apply(tx, actor, before, own, { origin, customSchemes });
}

/** `before` is locked. A user who is no operator is its owner. */
async function apply(
  tx: Tx,
  actor: Actor,
  before: Application,
  changes: ApplicationChanges,
  { origin, customSchemes }: { origin: Origin | undefined; customSchemes: readonly string[] },
): Promise<Application> {
  if (changes.clientType !== undefined && changes.clientType !== before.clientType) {
    throw new ValidationError({
      client_type: ["The type can't be changed. Register another application."],
    });
  }
  const after = merged(before, changes);
  const changed = Object.entries(after)
    .filter(([field, value]) => !isDeepStrictEqual(value, ownValue({ ...before }, field)))
    .map(([field]) => field);
  if (changed.length === 0) {
    return before;
  }
  refuseForeignDetails(before, changed);
  await checkDetails(tx, before.clientType, after, customSchemes);
  const { clientId } = before;
  const { updatedAt: at, reviewedAt } = await updateApplicationRow(tx, clientId, after);
  const resetReview = isReviewed(before) && reviewedAt === null;
  for (const userId of ownersToTell(before, after)) {
    await record(tx, {
      action: 'stagedoor.application.changed',
      actor,
      userId,
      clientId,
      origin,
      at,
      data: { application: after.name, changed, ...(resetReview ? { review_reset: true } : {}) },
    });
  }
  await follow(tx, before, after, changed, origin);
  return (await findApplication(tx, clientId)) ?? before;
}

/**
 * Refuses to change what the application itself says about it: only its switch is ours.
 * @throws ValidationError
 */
function refuseForeignDetails({ kind }: Application, changed: readonly string[]): void {
  const foreign = kind === 'registered' ? [] : changed.filter((field) => field !== 'isActive');
  if (foreign.length > 0) {
    throw new ValidationError(
      Object.fromEntries(
        foreign.map((field) => [
          field === 'ownerId'
            ? 'owner'
            : field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          ['The application itself provides this. Suspend it if it has to stop.'],
        ]),
      ),
    );
  }
}

/**
 * Returns the users whose log gets the change: the owner, and the former one if an operator moves
 * the application.
 */
function ownersToTell(before: Application, after: ApplicationDetails): (string | undefined)[] {
  const owners = [after.ownerId, before.ownerId].filter((id) => id !== null);
  return owners.length === 0 ? [undefined] : [...new Set(owners)];
}

/** Applies the consequences of a change. */
async function follow(
  tx: Tx,
  before: Application,
  after: ApplicationDetails,
  changed: readonly string[],
  origin: Origin | undefined,
): Promise<void> {
  if (changed.includes('ownerId')) {
    await followOwnerChange(tx, before, after.ownerId, origin);
  }
  if (changed.includes('redirectUris')) {
    await mailOwner(
      tx,
      { ...before, name: after.name },
      { change: 'redirect_uris_changed', details: after.redirectUris, origin },
    );
  }
}

function merged(before: Application, changes: ApplicationChanges): ApplicationDetails {
  const nullable = <T>(change: T | null | undefined, known: T | null) =>
    change === undefined ? known : change;
  return {
    ownerId: nullable(changes.ownerId, before.ownerId),
    name: changes.name ?? before.name,
    description: changes.description ?? before.description,
    homepageUrl: nullable(changes.homepageUrl, before.homepageUrl),
    privacyPolicyUrl: nullable(changes.privacyPolicyUrl, before.privacyPolicyUrl),
    termsUrl: nullable(changes.termsUrl, before.termsUrl),
    redirectUris: changes.redirectUris ?? before.redirectUris,
    scopes: changes.scopes ?? before.scopes,
    requirePkce: changes.requirePkce ?? before.requirePkce,
    isActive: changes.isActive ?? before.isActive,
  };
}
