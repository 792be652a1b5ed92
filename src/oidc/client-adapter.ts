import { randomBytes } from 'node:crypto';
import { type AdapterPayload, Provider } from 'oidc-provider';
import {
  type Application,
  applicationState,
  isNative,
  isReviewed,
} from '../applications/application.ts';
import { sourceOf } from '../applications/candidate.ts';
import { toApplication } from '../applications/candidate-store.ts';
import { reviewNeed } from '../applications/review-need.ts';
import { type FoundClient, findClient } from '../applications/store.ts';
import type { Config } from '../config/config.ts';
import { preparedKeys } from './client-keys.ts';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { candidateClient, takeKnown } from './known-rows.ts';
import { isAnonymous } from './sign-in-first.ts';

/** Our own client metadata, beside the registered names of RFC 7591. */
export const EXTRA_CLIENT_METADATA = [
  'application_state',
  'awaits_sign_in',
  'owner_id',
  'require_pkce',
  'reviewed',
  'secret_hashes',
  'works_for_others',
];

/**
 * A random secret of this process that is never used. oidc-provider requires one plain secret per
 * client, which it would also use as a key; clients here have several and only hashes of them,
 * which `compare-client-secret.ts` reads. Constant per process: the provider caches clients by a
 * hash of their metadata.
 */
const SECRET_PLACEHOLDER = randomBytes(32).toString('base64url');

/**
 * Routes that issue nothing without a grant whose row they lock. The others keep the application
 * as it is until their transaction ends, so what was checked holds when a grant or code is made;
 * for anonymous requests nothing is made, so strangers hold no locks.
 */
const MACHINE_ROUTES: ReadonlySet<string | undefined> = new Set([
  'token',
  'revocation',
  'pushed_authorization_request',
]);

/** Clients are applications; the provider only reads them. */
export function clientAdapter(deps: AdapterDeps): PartialAdapter {
  const knownScopes = new Set(deps.config.scopes.map((scope) => scope.name));
  return {
    find: async (clientId) => {
      const known = takeKnown('client', clientId);
      if (known?.row !== undefined) {
        return toMetadata(deps.config, known.row, knownScopes);
      }
      const tx = currentTransaction();
      const { ctx } = Provider;
      const issuesNothing =
        ctx !== undefined && (MACHINE_ROUTES.has(ctx.oidc.route) || isAnonymous(ctx));
      const lock = tx !== undefined && !issuesNothing;
      const found = await findClient(tx ?? deps.db, clientId, { lock });
      const client = found ?? (await findCandidate(deps, clientId));
      return client === undefined
        ? standIn(deps, clientId)
        : toMetadata(deps.config, client, knownScopes);
    },
  };
}

/** Returns a client without a row: that of this request, or one that its client ID describes. */
async function findCandidate(
  { db, candidateSources }: AdapterDeps,
  clientId: string,
): Promise<FoundClient | undefined> {
  const known = candidateClient(clientId);
  const details = known ? undefined : sourceOf(candidateSources, clientId)?.read?.(clientId);
  return details === undefined
    ? known
    : { application: await toApplication(currentTransaction() ?? db, details), secretHashes: [] };
}

/**
 * Returns a client in place of one that is unknown until the user signs in, so that an authorization
 * request without a session leads to the sign-in page. It accepts any redirect URI, and nothing is ever
 * sent to one: without a session, errors of a client that was not reviewed are shown on a page.
 */
function standIn({ config, candidateSources }: AdapterDeps, clientId: string) {
  const { ctx } = Provider;
  const isAuthorization = ctx?.oidc.route === 'authorization' && isAnonymous(ctx);
  if (!isAuthorization || !sourceOf(candidateSources, clientId)?.needsSignIn) {
    return undefined;
  }
  return {
    client_id: clientId,
    redirect_uris: ['https://stand-in.invalid/'],
    scope: config.scopes.map(({ name }) => name).join(' '),
    grant_types: ['authorization_code'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'none' as const,
    application_state: 'active',
    awaits_sign_in: true,
    owner_id: null,
    require_pkce: false,
    reviewed: false,
    works_for_others: true,
  };
}

function toMetadata(
  config: Config,
  { application, secretHashes }: FoundClient,
  knownScopes: ReadonlySet<string>,
): AdapterPayload {
  return {
    client_id: application.clientId,
    client_name: application.name,
    redirect_uris: [...application.redirectUris],
    scope: application.scopes.filter((scope) => knownScopes.has(scope)).join(' '),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: isNative(application) || hasPrivateScheme(application) ? 'native' : 'web',
    ...authentication(application, secretHashes),
    application_state: applicationState(application),
    owner_id: application.ownerId,
    require_pkce: application.requirePkce,
    reviewed: isReviewed(application),
    works_for_others: reviewNeed(config, application) === undefined,
  };
}

/** The provider allows private-use schemes to native clients only, and an agent may also have keys. */
function hasPrivateScheme({ redirectUris }: Application): boolean {
  return redirectUris.some((uri) => !/^https?:/.test(uri));
}

/**
 * Returns how this request has to authenticate. A confidential client has secrets, keys, or both; the
 * provider knows one method for each.
 */
function authentication({ clientId, clientType }: Application, secretHashes: string[]) {
  if (clientType === 'public') {
    return { token_endpoint_auth_method: 'none' as const };
  }
  const keys = preparedKeys(clientId);
  return keys === undefined
    ? {
        token_endpoint_auth_method: 'client_secret_basic' as const,
        client_secret: SECRET_PLACEHOLDER,
        secret_hashes: secretHashes,
      }
    : { token_endpoint_auth_method: 'private_key_jwt' as const, jwks: { keys } };
}
