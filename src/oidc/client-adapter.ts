import { randomBytes } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { type Application, applicationState } from '../applications/application.ts';
import { findClient } from '../applications/find-client.ts';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';

/** Our own client metadata, beside the registered names of RFC 7591. */
export const EXTRA_CLIENT_METADATA = ['application_state', 'require_pkce', 'secret_hashes'];

/**
 * A secret that nobody knows, new in every process. oidc-provider requires one plain secret per client,
 * which it would also use as a key; ours have several and only hashes of them, which
 * `compare-client-secret.ts` reads. Not new for each client that is loaded: the provider caches clients
 * by a hash of their metadata.
 */
const SECRET_PLACEHOLDER = randomBytes(32).toString('base64url');

/** Clients are applications; the provider only reads them. */
export function clientAdapter(deps: AdapterDeps): PartialAdapter {
  const known = new Set(deps.config.scopes.map((scope) => scope.name));
  return {
    find: async (clientId) => {
      const found = await findClient(currentTransaction() ?? deps.db, clientId);
      return found && toMetadata(found.application, found.secretHashes, known);
    },
  };
}

function toMetadata(
  application: Application,
  secretHashes: string[],
  knownScopes: ReadonlySet<string>,
): AdapterPayload {
  const confidential = application.clientType === 'confidential';
  return {
    client_id: application.clientId,
    client_name: application.name,
    redirect_uris: [...application.redirectUris],
    scope: application.scopes.filter((scope) => knownScopes.has(scope)).join(' '),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: isNative(application) ? 'native' : 'web',
    token_endpoint_auth_method: confidential ? 'client_secret_basic' : 'none',
    ...(confidential ? { client_secret: SECRET_PLACEHOLDER, secret_hashes: secretHashes } : {}),
    application_state: applicationState(application),
    require_pkce: application.requirePkce,
  };
}

/**
 * RFC 8252: a native application may use any port on loopback, and private-use schemes. A public
 * one that registered neither is one that runs in the browser.
 */
function isNative({ clientType, redirectUris }: Application): boolean {
  return clientType === 'public' && redirectUris.some((uri) => !uri.startsWith('https:'));
}
