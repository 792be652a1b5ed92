import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '../config.ts';

/**
 * Our own checks of an authorization request, after the provider's: it ignores unknown scopes
 * and knows neither default scopes nor suspended clients. Runs at `authorize` and at `par`.
 * @throws InvalidScope, InvalidRequest, UnauthorizedClient
 * @see RFC 6749 §3.3
 */
export function checkRequest(config: Config) {
  const known = new Set(config.scopes.map((scope) => scope.name));
  return (ctx: KoaContextWithOIDC, _value: string | undefined, client: Client): void => {
    refuseInactive(client);
    refuseControlCharacters(ctx.oidc.params ?? {});
    const { params } = ctx.oidc;
    if (params === undefined) {
      return;
    }
    const allowed = new Set(client.scope?.split(' ') ?? []);
    const requested =
      typeof params.scope === 'string'
        ? params.scope.split(' ')
        : config.defaultScopes.filter((scope) => allowed.has(scope));
    for (const scope of requested) {
      if (!known.has(scope)) {
        throw new errors.InvalidScope('requested scope is not known', scope);
      }
    }
    params.scope = requested.join(' ');
  };
}

function refuseInactive(client: Client): void {
  if (client.application_state !== 'active') {
    const error = new errors.UnauthorizedClient(`the application is ${client.application_state}`);
    // Nobody is sent on to an application that was stopped.
    error.allow_redirect = false;
    throw error;
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
