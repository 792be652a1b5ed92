import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../audit/event.ts';
import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { ValidationError } from '../errors.ts';
import type { Application, ApplicationDetails, ClientType } from './application.ts';
import { checkDetails } from './check-details.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import { applicationById, updateApplicationRow } from './store.ts';

/** What may be changed of an application; what is undefined stays. */
export type ApplicationChanges = {
  readonly [K in keyof ApplicationDetails]?: ApplicationDetails[K] | undefined;
} & {
  /** Only what it is already: a change of type would leave secrets, or none, behind. */
  readonly clientType?: ClientType | undefined;
};

/**
 * Changes the given fields of an application. No difference: nothing is written or logged.
 * @throws StagedoorError `not_found`; ValidationError
 */
export async function updateApplication(
  tx: Tx,
  actor: Actor,
  clientId: string,
  changes: ApplicationChanges,
): Promise<Application> {
  const before = await lockOrThrow(tx, clientId);
  if (changes.clientType !== undefined && changes.clientType !== before.clientType) {
    throw new ValidationError({
      client_type: ["The type can't be changed. Register another application."],
    });
  }
  const after = merged(before, changes);
  const changed = Object.entries(after)
    .filter(([field, value]) => !isDeepStrictEqual(value, Reflect.get(before, field)))
    .map(([field]) => field);
  if (changed.length === 0) {
    return before;
  }
  await checkDetails(tx, before.clientType, after);
  await updateApplicationRow(tx, clientId, after);
  await record(tx, {
    action: 'stagedoor.application.changed',
    actor,
    userId: after.ownerId ?? undefined,
    clientId,
    data: { application: after.name, changed },
  });
  return (await applicationById(tx, clientId)) ?? before;
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
