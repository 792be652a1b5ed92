import type { Tx } from '../db/transaction.ts';
import { type FieldErrors, ValidationError } from '../lib/errors.ts';
import { missingUsers } from '../users/existing-users.ts';
import type { ApplicationDetails, ClientType } from './application.ts';
import { checkRedirectUris } from './redirect-uri.ts';

/**
 * Checks the rules of every application, for registrations and changes.
 * @throws ValidationError
 */
export async function checkDetails(
  tx: Tx,
  clientType: ClientType,
  details: ApplicationDetails,
): Promise<void> {
  const fields: FieldErrors = {};
  const redirectUris = checkRedirectUris(details.redirectUris, clientType);
  if (redirectUris.length > 0) {
    fields.redirect_uris = redirectUris;
  }
  if (clientType === 'public' && !details.requirePkce) {
    fields.require_pkce = ['A public application has no secret: PKCE stays required.'];
  }
  if (details.scopes.length === 0) {
    fields.scopes = ['This list may not be empty.'];
  }
  if (details.ownerId !== null && (await missingUsers(tx, [details.ownerId])).length > 0) {
    fields.owner = [`There is no user "${details.ownerId}".`];
  }
  if (Object.keys(fields).length > 0) {
    throw new ValidationError(fields);
  }
}
