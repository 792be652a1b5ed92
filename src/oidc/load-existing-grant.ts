import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { findCoveringGrant } from '../grants/store.ts';
import { opensOrganizers } from '../lib/scopes.ts';
import { currentTransaction } from './current-transaction.ts';
import { putKnown } from './known-rows.ts';
import { resourcesOf } from './resources.ts';
import { promptsOf } from './restart-url.ts';
import { isOwnTrial } from './trials.ts';

/**
 * The grant that an authorization request runs under: the one that the user has just given, else,
 * for confidential applications only, the newest earlier one that covers all that is asked for.
 * A public application can't prove that it is the one that was allowed, so it asks every time
 * (RFC 8252 §8.6). So does a request for another response mode than the default: an attacker who
 * chooses it for a victim could let a code end where the application does not use it, and take it
 * from there ("browser-swapping").
 *
 * The provider's default takes whatever grant the session knows: changing the organizers of that
 * one would change live tokens.
 */
export function loadExistingGrant(deps: { db: Db; config: Config }) {
  return async (ctx: KoaContextWithOIDC) => {
    const { provider, client, account, params, result } = ctx.oidc;
    const given = result?.consent?.grantId;
    if (given !== undefined) {
      return provider.Grant.find(given);
    }
    if (client?.clientAuthMethod === 'none' || client === undefined || account === undefined) {
      return undefined;
    }
    if (params?.response_mode !== undefined && params.response_mode !== 'query') {
      return undefined;
    }
    if (promptsOf(params ?? {}).includes('consent')) {
      // The page is shown in any case.
      return undefined;
    }
    const { clientId, owner_id: ownerId } = client;
    if (isOwnTrial(deps.config.issuer, { clientId, ownerId }, String(params?.redirect_uri))) {
      // A trial ends its grant.
      return undefined;
    }
    const scopes = String(params?.scope ?? '').split(' ');
    const grant = await findCoveringGrant(currentTransaction() ?? deps.db, {
      userId: account.accountId,
      clientId,
      scopes,
      organizers: opensOrganizers(deps.config.scopes, scopes),
      resources: resourcesOf(ctx),
    });
    if (grant === undefined) {
      return undefined;
    }
    putKnown('grant', grant.id, grant);
    return provider.Grant.find(grant.id);
  };
}
