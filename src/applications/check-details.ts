import type { Tx } from '../db/transaction.ts';
import { translator } from '../http/translate.ts';
import { type FieldErrors, ValidationError } from '../lib/errors.ts';
import { quote } from '../lib/printable.ts';
import { findMissingUsers } from '../users/user-store.ts';
import type { ApplicationDetails, ClientType } from './application.ts';
import { checkRedirectUri, REDIRECT_URI_LIMIT } from './redirect-uri.ts';
import type { ApplicationText } from './texts.ts';

/**
 * Checks the rules of every application, for registrations and changes.
 * @throws ValidationError
 */
export async function checkDetails(
  tx: Tx,
  clientType: ClientType,
  details: ApplicationDetails,
  customSchemes: readonly string[],
): Promise<void> {
  const fields: FieldErrors = {};
  const redirectUris = redirectUriErrors(details.redirectUris, clientType, customSchemes);
  if (redirectUris.length > 0) {
    fields.redirect_uris = redirectUris;
  }
  if (clientType === 'public' && !details.requirePkce) {
    fields.require_pkce = ['A public application has no secret: PKCE stays required.'];
  }
  if (details.scopes.length === 0) {
    fields.scopes = ['This list may not be empty.'];
  }
  if (details.ownerId !== null && (await findMissingUsers(tx, [details.ownerId])).length > 0) {
    fields.owner = [`There is no user "${details.ownerId}".`];
  }
  if (Object.keys(fields).length > 0) {
    throw new ValidationError(fields);
  }
}

/** Returns an English sentence about each problem of the redirect URIs of an application. */
export function redirectUriErrors(
  uris: readonly string[],
  clientType: ClientType,
  customSchemes: readonly string[] = [],
): string[] {
  if (uris.length === 0) {
    return ['At least one redirect URI is needed.'];
  }
  if (uris.length > REDIRECT_URI_LIMIT) {
    return [`At most ${REDIRECT_URI_LIMIT} redirect URIs are possible.`];
  }
  const t = translator<ApplicationText>('en');
  const wrong = uris.flatMap((uri) => {
    const problem = checkRedirectUri(uri, clientType, customSchemes);
    return problem === undefined
      ? []
      : [`${quote(uri)}: ${t(`redirect_uri.${problem.code}`, problem.params)}`];
  });
  const twice = uris.filter((uri, index) => uris.indexOf(uri) !== index);
  return [...wrong, ...[...new Set(twice)].map((uri) => `${quote(uri)} is there twice.`)];
}
