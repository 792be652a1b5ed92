/** Paths of the protocol's endpoints: those of pretix, so that its clients only change the host. */
export const PATHS = {
  authorization: '/api/v1/oauth/authorize',
  token: '/api/v1/oauth/token',
  revocation: '/api/v1/oauth/revoke_token',
  introspection: '/api/v1/oauth/introspect',
  pushed_authorization_request: '/api/v1/oauth/par',
  jwks: '/api/v1/oauth/jwks',
} as const;

/** Paths of the server metadata. Clients look for it in several places. @see RFC 8414 §3 */
export const METADATA_PATHS = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
] as const;

/** Path where the provider resumes an authorization request; the interaction's ID follows. */
export const RESUME_PATH = PATHS.authorization;
