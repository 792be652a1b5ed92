/** Paths of the protocol's endpoints: those of pretix, so that its clients only change the host. */
export const PATHS = {
  authorization: '/api/v1/oauth/authorize',
  token: '/api/v1/oauth/token',
  revocation: '/api/v1/oauth/revoke_token',
  introspection: '/api/v1/oauth/introspect',
  pushed_authorization_request: '/api/v1/oauth/par',
  jwks: '/api/v1/oauth/jwks',
} as const;

const DOCUMENTS = ['oauth-authorization-server', 'openid-configuration'];
/** Folder of the endpoints, which some clients take for the issuer. */
const FOLDER = '/api/v1/oauth';

/**
 * Paths of the server metadata: clients look for it under two names, and with the path of the
 * endpoints after or before the well-known part.
 * @see RFC 8414 §3.1, §5
 */
export const METADATA_PATHS: readonly string[] = DOCUMENTS.flatMap((name) => [
  `/.well-known/${name}`,
  `/.well-known/${name}${FOLDER}`,
  `${FOLDER}/.well-known/${name}`,
]);

/** Path where the provider resumes an authorization request; the interaction's ID follows. */
export const RESUME_PATH = PATHS.authorization;
