import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import { isThumbprint } from '../tokens/proof.ts';
import { checkPushedRequest } from './pushed-request-budget.ts';
import { restoreMaxAge, sentScopes } from './read-parameters.ts';
import { LONGEST_QUERY, tooLongForUrl } from './sign-in-first.ts';
import { findStop, RequestStopped } from './still-allowed.ts';
import { refuseOtherThanTrial } from './trials.ts';

/**
 * Makes our own checks of an authorization request, which run after the provider's at `authorize`
 * and at `par`: the provider drops unknown scopes, and knows neither default scopes nor stopped
 * clients.
 * @throws InvalidScope, InvalidRequest, RequestStopped
 * @see RFC 6749 §3.3
 */
export function checkRequest(config: Config) {
  const known = new Set(config.scopes.map((scope) => scope.name));
  return (ctx: KoaContextWithOIDC, _value: string | undefined, client: Client): void => {
    const stop = findStop(client);
    if (stop !== undefined) {
      throw new RequestStopped(stop);
    }
    refuseOtherThanTrial(config.issuer, ctx, client);
    const { params } = ctx.oidc;
    if (params === undefined) {
      throw new errors.InvalidRequest('the request has no parameters');
    }
    if (ctx.oidc.route === 'authorization' && ctx.querystring.length > LONGEST_QUERY) {
      // As it was sent: by now, ignored parameters are gone from `params`.
      throw tooLongForUrl(ctx.query);
    }
    refuseControlCharacters(params);
    refuseWrongThumbprint(params.dpop_jkt);
    restoreMaxAge(ctx.oidc.route, params);
    for (const scope of sentScopes(ctx)) {
      if (!known.has(scope)) {
        throw new errors.InvalidScope('requested scope is not known', scope);
      }
    }
    params.scope ??= defaultScope(config, client);
    checkPushedRequest(ctx, client);
  };
}

function defaultScope(config: Config, client: Client): string {
  const allowed = new Set(client.scope?.split(' '));
  const scopes = config.defaultScopes.filter((scope) => allowed.has(scope));
  if (scopes.length === 0) {
    throw new errors.InvalidRequest(
      'scope is missing, and the application has none of the defaults',
    );
  }
  return scopes.join(' ');
}

/**
 * The key that will redeem the code is named by its SHA-256 thumbprint; nothing else could ever fit.
 * @see RFC 9449 §10
 */
function refuseWrongThumbprint(thumbprint: unknown): void {
  if (thumbprint !== undefined && !isThumbprint(String(thumbprint))) {
    throw new errors.InvalidRequest('dpop_jkt must be the SHA-256 thumbprint of a key');
  }
}

/** Parameters are stored with the interaction, and PostgreSQL has no NUL in text. */
function refuseControlCharacters(params: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(params)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (typeof value === 'string' && /[\u0000-\u001f\u007f]/.test(value)) {
      throw new errors.InvalidRequest(`${name} contains control characters`);
    }
  }
}
