/** Where the protocol's endpoints are. pretix's paths, so that its clients move by changing the host. */
export const PATHS = {
  authorization: '/api/v1/oauth/authorize',
  token: '/api/v1/oauth/token',
  revocation: '/api/v1/oauth/revoke_token',
  introspection: '/api/v1/oauth/introspect',
  pushed_authorization_request: '/api/v1/oauth/par',
  jwks: '/api/v1/oauth/jwks',
} as const;

/** Where the provider takes an authorization request up again; the interaction's id follows. */
export const RESUME_PATH = PATHS.authorization;
