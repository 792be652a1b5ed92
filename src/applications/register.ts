import { createSecret } from '../client-secrets/store.ts';
import type { Config } from '../config/config.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { randomText } from '../lib/credentials.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { User } from '../users/user.ts';
import type { Application, ApplicationDetails, ClientType } from './application.ts';
import { insertApplication } from './change-store.ts';
import { checkDetails } from './check-details.ts';
import { lockOrThrow } from './lock.ts';
import { lockOwnApplications } from './own-store.ts';
import { recordForOwner } from './record-for-owner.ts';

/** Required fields of a registration; the others have defaults. */
export type Registration = Pick<ApplicationDetails, 'name' | 'redirectUris' | 'scopes'> & {
  readonly [K in keyof ApplicationDetails]?: ApplicationDetails[K] | undefined;
} & { readonly clientType?: ClientType | undefined };

/**
 * Registers an application, not reviewed yet. A confidential one gets its first secret, which is
 * returned here and never again.
 * @throws ValidationError
 */
export async function registerApplication(
  tx: Tx,
  actor: Actor,
  input: Registration,
  origin?: Origin,
  customSchemes: readonly string[] = [],
): Promise<{ application: Application; clientSecret?: string }> {
  const clientType = input.clientType ?? 'confidential';
  const details: ApplicationDetails = {
    ownerId: input.ownerId ?? null,
    name: input.name,
    description: input.description ?? '',
    homepageUrl: input.homepageUrl ?? null,
    privacyPolicyUrl: input.privacyPolicyUrl ?? null,
    termsUrl: input.termsUrl ?? null,
    redirectUris: input.redirectUris,
    scopes: input.scopes,
    requirePkce: input.requirePkce ?? true,
    isActive: input.isActive ?? true,
  };
  await checkDetails(tx, clientType, details, customSchemes);
  const clientId = randomText(24);
  await insertApplication(tx, clientId, clientType, details);
  const created =
    clientType === 'confidential'
      ? await createSecret(tx, 'application_secrets', clientId)
      : undefined;
  const application = await lockOrThrow(tx, clientId);
  await recordForOwner(tx, application, {
    action: 'stagedoor.application.registered',
    actor,
    origin,
    data: { client_type: clientType },
  });
  return { application, ...(created && { clientSecret: created.clientSecret }) };
}

/** Limit of a user's registrations through the pages. */
export const REGISTRATIONS = { points: 20, seconds: 3600 };

/** A user owns as many applications as the configuration allows. */
export class TooManyApplicationsError extends StagedoorError {
  constructor(limit: number) {
    super('conflict', `A user may own ${limit} applications. Delete one that is not used.`);
    this.name = 'TooManyApplicationsError';
  }
}

/**
 * Checks that a user may own one more application.
 * @throws TooManyApplicationsError
 */
export async function assertRoomForOne(
  tx: Tx,
  { applicationsPerOwner: limit }: Pick<Config, 'applicationsPerOwner'>,
  ownerId: string,
): Promise<void> {
  if (limit > 0 && (await lockOwnApplications(tx, ownerId)) >= limit) {
    throw new TooManyApplicationsError(limit);
  }
}

/** Returns true if a user may register applications. Operators always can, by the management API. */
export function mayRegister(
  config: Pick<Config, 'registration'>,
  user: Pick<User, 'isActive'>,
): boolean {
  return config.registration !== 'closed' && user.isActive;
}
