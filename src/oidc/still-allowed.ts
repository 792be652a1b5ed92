import { type Client, errors } from 'oidc-provider';
import type { Obstacle } from '../authorization/interaction.ts';

/** The parts of an authorization request that a registration restricts. */
export interface RequestedAccess {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
}

/** Reads them from the parameters of a request. */
export function requestedAccess(params: Readonly<Record<string, unknown>>): RequestedAccess {
  const { redirect_uri, scope, code_challenge } = params;
  return {
    redirectUri: typeof redirect_uri === 'string' ? redirect_uri : '',
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
    codeChallenge: typeof code_challenge === 'string' ? code_challenge : undefined,
  };
}

/**
 * Finds the reason why this client may no longer do what it asked for. A request is checked when
 * it begins; this repeats the checks when it resumes, when the consent is shown and answered, and
 * when the code is redeemed.
 * @param client the current registration; undefined: it was deleted
 * @param userId the signed-in user; undefined before sign-in
 */
export function findObstacle(
  client: Client | undefined,
  request: RequestedAccess,
  userId: string | undefined,
): Obstacle | undefined {
  const stopped = findRedirectObstacle(client, request.redirectUri, userId);
  if (stopped !== undefined) {
    return stopped;
  }
  const registered = client?.scope?.split(' ') ?? [];
  if (!request.scopes.every((scope) => registered.includes(scope))) {
    return 'scope_removed';
  }
  return client?.require_pkce !== false && request.codeChallenge === undefined
    ? 'pkce_required'
    : undefined;
}

/** Finds the reason why a browser may not be sent to this client at all, not even with an error. */
export function findRedirectObstacle(
  client: Client | undefined,
  redirectUri: string,
  userId: string | undefined,
): Obstacle | undefined {
  if (client === undefined) {
    return 'application_deleted';
  }
  const stopped = findStop(client);
  if (stopped !== undefined) {
    return stopped;
  }
  if (!client.redirectUriAllowed(redirectUri)) {
    return 'redirect_uri_removed';
  }
  const isOwner = userId === undefined || client.owner_id === userId;
  return isOwner || client.works_for_others === true ? undefined : 'awaits_review';
}

/** Returns the state of a client that was suspended or disabled. */
export function findStop(
  client: Client,
): 'application_suspended' | 'application_disabled' | undefined {
  switch (client.application_state) {
    case 'active':
      return undefined;
    case 'suspended':
      return 'application_suspended';
    default:
      return 'application_disabled';
  }
}

/** `error` and `error_description` for each obstacle, as the application's error log gets them. */
const ERRORS: Readonly<Record<Obstacle, readonly [error: string, description: string]>> = {
  application_deleted: ['unauthorized_client', 'the application was deleted'],
  application_suspended: ['unauthorized_client', 'the application is suspended'],
  application_disabled: ['unauthorized_client', 'the application is disabled'],
  awaits_review: ['unauthorized_client', 'the application awaits its review'],
  redirect_uri_removed: [
    'invalid_redirect_uri',
    "redirect_uri did not match any of the client's registered redirect_uris",
  ],
  scope_removed: ['invalid_scope', 'requested scope is not allowed'],
  resource_removed: ['invalid_target', 'the requested resource is not known'],
  pkce_required: [
    'invalid_request',
    'Authorization Server policy requires PKCE to be used for this request',
  ],
};

/** An authorization request that ends on a page, because of an obstacle. */
export class RequestStopped extends errors.CustomOIDCProviderError {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle) {
    super(...ERRORS[obstacle]);
    this.obstacle = obstacle;
    this.allow_redirect = false;
  }
}
