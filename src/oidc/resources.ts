import { errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import type { AllowedResources } from '../grants/grant.ts';
import { selectResources } from '../resource-servers/resource-store.ts';
import {
  type Audience,
  type AudienceProblem,
  findAudience,
  wantedResource,
} from '../tokens/audience.ts';
import type { RedeemableToken } from '../tokens/token.ts';
import { currentTransaction } from './current-transaction.ts';
import { requestedResources } from './read-parameters.ts';

/** Most resources of one authorization request. Each costs a query. */
const RESOURCE_LIMIT = 10;

/** Messages by which the error log distinguishes the problems (`insights/diagnose.ts`). */
const PROBLEMS: Readonly<Record<AudienceProblem, string>> = {
  several: 'a token request must name one resource at most',
  choice_missing: 'the authorization is for several resources; the token request must name one',
  not_allowed: 'the requested resource is not among those that the user allowed',
  unknown: 'the requested resource is not known',
};

/**
 * Returns the settings of the provider's feature, which reads the resources of authorization and
 * pushed requests. All scopes are good for each resource. Token requests are checked here
 * (`chooseAudience`): the provider would check the resource after the code or refresh token is
 * consumed, so that a wrong one would cost the client its authorization.
 * @see RFC 8707 §2.1
 */
export function resourceIndicators({ db, config }: { db: Db; config: Config }) {
  const scope = config.scopes.map(({ name }) => name).join(' ');
  return {
    enabled: true,
    defaultResource: (_ctx: unknown, _client: unknown, requested?: readonly string[]) => requested,
    useGrantedResource: () => false,
    getResourceServerInfo: async (ctx: KoaContextWithOIDC, key: string) => {
      const { resource } = ctx.oidc.params ?? {};
      if (Array.isArray(resource) && resource.length > RESOURCE_LIMIT) {
        throw new errors.InvalidTarget(`a request must name ${RESOURCE_LIMIT} resources at most`);
      }
      const [found] = await selectResources(currentTransaction() ?? db, [key]);
      if (found === undefined) {
        throw new errors.InvalidTarget(PROBLEMS.unknown);
      }
      return { scope, audience: found.clientId, accessTokenFormat: 'opaque' as const };
    },
  };
}

/** Returns the resources of an authorization request with their servers; undefined if it names none. */
export function resourcesOf({ oidc }: KoaContextWithOIDC): AllowedResources | undefined {
  const servers = Object.entries(oidc.resourceServers ?? {});
  return servers.length === 0
    ? undefined
    : new Map(servers.map(([key, { audience = '' }]) => [key, audience]));
}

/** The tokens that a token request gets: their audience, and the resources of the refresh token. */
interface Choice {
  readonly audience: Audience | undefined;
  readonly resources: readonly string[] | undefined;
}

const choices = new WeakMap<KoaContextWithOIDC, Choice>();

/**
 * Chooses the audience of the access token that is requested with a code or refresh token.
 * @throws InvalidTarget
 * @see RFC 8707 §2.2
 */
export async function chooseAudience(db: Db, found: RedeemableToken): Promise<void> {
  const ctx = Provider.ctx;
  if (ctx?.oidc.route !== 'token') {
    return;
  }
  const wanted = wantedResource(found.resources, requestedResources(ctx));
  const audience =
    wanted.problem ??
    (wanted.key === undefined ? undefined : await findAudience(db, found.resources, wanted.key));
  if (typeof audience === 'string') {
    throw new errors.InvalidTarget(PROBLEMS[audience]);
  }
  const resources = found.resources && [...found.resources.keys()];
  choices.set(ctx, { audience, resources });
}

/** Returns what `chooseAudience` chose in this request. */
export function chosenAudience(): Choice {
  const choice = Provider.ctx && choices.get(Provider.ctx);
  if (choice === undefined) {
    throw new Error('tokens can only be issued after their audience was chosen');
  }
  return choice;
}
