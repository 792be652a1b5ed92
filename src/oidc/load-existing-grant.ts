import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { findCoveringGrant } from '../grants/find.ts';
import { opensOrganizers } from '../scopes.ts';
import { currentTransaction } from './current-transaction.ts';

/**
 * The grant that an authorization request runs under: the one that the user has just given, else,
 * for confidential applications only, the newest earlier one that covers all that is asked for.
 * A public application can't prove that it is the one that was allowed, so it asks every time
 * (RFC 8252 §8.6).
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
    const scopes = String(params?.scope ?? '').split(' ');
    const id = await findCoveringGrant(currentTransaction() ?? deps.db, {
      userId: account.accountId,
      clientId: client.clientId,
      scopes,
      organizers: opensOrganizers(deps.config.scopes, scopes),
    });
    return id === undefined ? undefined : provider.Grant.find(id);
  };
}
