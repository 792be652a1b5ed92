import { REGISTRATION_PATH } from '../applications/dynamic/routes.ts';
import { ASSERTION_ALGORITHMS } from '../client-keys/public-key.ts';
import type { Config } from '../config/config.ts';
import { LOCALES } from '../lib/locale.ts';
import { SIGNING_ALGORITHM } from '../signing-keys/signing-key.ts';
import { DPOP_ALGORITHMS } from '../tokens/proof.ts';
import { PATHS } from './paths.ts';

/**
 * Authorization server metadata, written by us: the provider's answer is OpenID Connect's and
 * names claims and ID token algorithms that this server does not have. The same document is at
 * `openid-configuration`, for clients that only look there: it says only what is true.
 * @see RFC 8414 §2
 */
export function serverMetadata(config: Config): Record<string, unknown> {
  const at = (path: string) => config.issuer + path;
  const clientAuth = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    issuer: config.issuer,
    authorization_endpoint: at(PATHS.authorization),
    token_endpoint: at(PATHS.token),
    revocation_endpoint: at(PATHS.revocation),
    introspection_endpoint: at(PATHS.introspection),
    pushed_authorization_request_endpoint: at(PATHS.pushed_authorization_request),
    ...(config.dynamicRegistration === 'off'
      ? {}
      : { registration_endpoint: at(REGISTRATION_PATH) }),
    jwks_uri: at(PATHS.jwks),
    scopes_supported: config.scopes.map((scope) => scope.name),
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: [...clientAuth, 'none'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: [...clientAuth, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: clientAuth,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_signing_alg_values_supported: [SIGNING_ALGORITHM],
    code_challenge_methods_supported: ['S256'],
    dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: config.metadataDocuments !== 'off',
    subject_types_supported: ['public'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    ui_locales_supported: [...LOCALES],
    require_pushed_authorization_requests: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
}
