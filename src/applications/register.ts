import { record } from '../audit/store.ts';
import { createSecret } from '../client-secrets/create-secret.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { randomText } from '../lib/credentials.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Application, ApplicationDetails, ClientType } from './application.ts';
import { insertApplication } from './change-store.ts';
import { checkDetails } from './check-details.ts';
import { applicationById } from './store.ts';

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
  await record(tx, {
    action: 'stagedoor.application.registered',
    actor,
    userId: details.ownerId ?? undefined,
    clientId,
    origin,
    data: { application: details.name, client_type: clientType },
  });
  const application = await applicationById(tx, clientId);
  if (application === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return { application, ...(created && { clientSecret: created.clientSecret }) };
}
