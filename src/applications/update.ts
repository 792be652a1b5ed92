import { isDeepStrictEqual } from 'node:util';
import { record, selectChangedFields } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';
import { type Changes, withChanges } from '../lib/with-changes.ts';
import { type Application, type ApplicationDetails, isReviewed } from './application.ts';
import { updateApplicationRow } from './change-store.ts';
import { checkDetails } from './check-details.ts';
import { followOwnerChange } from './follow-owner-change.ts';
import { lockForActor, lockOrThrow } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { findApplication } from './store.ts';

/** Changes of an application. The type can't change: that would leave secrets, or none, behind. */
export type ApplicationChanges = Changes<ApplicationDetails & Pick<Application, 'clientType'>>;

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
 * Updates an application for its owner. Owner and state change elsewhere.
 * @param expected `updatedAt` of the version that the form was made from; an invalid date and one in
 *   the future are older than every change
 * @throws StagedoorError `not_found`, also if it belongs to another user; ChangedMeanwhileError;
 *   ValidationError
 */
export async function updateOwnApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
  expected: Date,
  changes: Omit<ApplicationChanges, 'ownerId' | 'isActive'>,
  origin?: Origin,
  customSchemes: readonly string[] = [],
): Promise<Application> {
  const before = await lockForActor(tx, actor, clientId);
  if (before.updatedAt.getTime() !== expected.getTime()) {
    // A review or a suspension meanwhile is nothing that this would overwrite.
    const time = expected.getTime();
    const since = time > 0 && time <= Date.now() ? expected : new Date(0);
    const fields = await selectChangedFields(tx, clientId, since);
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
  const after = withChanges(before, changes);
  const changed = Object.keys(changes).filter(
    (field) => !isDeepStrictEqual(ownValue({ ...after }, field), ownValue({ ...before }, field)),
  );
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
  if (changed.includes('ownerId')) {
    await followOwnerChange(tx, before, after.ownerId, origin);
  }
  if (changed.includes('redirectUris')) {
    const change = 'redirect_uris_changed';
    const renamed = { ...before, name: after.name };
    await mailOwner(tx, renamed, { change, details: after.redirectUris, origin });
  }
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
