import type { Config } from '../config/config.ts';

/** An endpoint of OAuth. */
export type OauthEndpoint = (typeof OAUTH_ENDPOINTS)[number];

const REGISTER = '/api/v1/oauth/register';

/**
 * Endpoints that openapi.json does not describe. The chapter of a guide at `href` does: their requests and
 * responses are those of their RFCs.
 */
const OAUTH_ENDPOINTS = [
  {
    method: 'GET',
    path: '/api/v1/oauth/authorize',
    summary: 'Ask a user for access',
    href: '/docs/guide#authorize',
  },
  {
    method: 'POST',
    path: '/api/v1/oauth/token',
    summary: 'Exchange a code or a refresh token for tokens',
    href: '/docs/guide#token',
  },
  {
    method: 'POST',
    path: '/api/v1/oauth/revoke_token',
    summary: 'Revoke a token and its authorization',
    href: '/docs/guide#revoke',
  },
  {
    method: 'POST',
    path: '/api/v1/oauth/par',
    summary: 'Push an authorization request',
    href: '/docs/guide#endpoints',
  },
  {
    method: 'POST',
    path: REGISTER,
    summary: 'Register an agent (dynamic registration)',
    href: '/docs/agents#settings',
  },
  {
    method: 'POST',
    path: '/api/v1/oauth/introspect',
    summary: 'Introspect an access token',
    href: '/docs/api-services#introspection',
  },
  {
    method: 'GET',
    path: '/api/v1/oauth/changes',
    summary: 'Read the changes feed',
    href: '/docs/api-services#changes',
  },
  {
    method: 'POST',
    path: '/api/v1/oauth/leaked',
    summary: 'Report leaked tokens and secrets',
    href: '/docs/guide#leaked',
  },
  {
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    summary: 'Read the metadata of the server',
    href: '/docs/guide#endpoints',
  },
];

/** Returns the endpoints that this server has and openapi.json does not describe. */
export function oauthEndpoints({ dynamicRegistration }: Config): readonly OauthEndpoint[] {
  return OAUTH_ENDPOINTS.filter(({ path }) => path !== REGISTER || dynamicRegistration !== 'off');
}
