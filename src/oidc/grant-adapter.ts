import { Provider } from 'oidc-provider';
import { findGrant } from '../grants/find.ts';
import { type Revocation, revokeGrant } from '../grants/revoke.ts';
import { originOf } from '../web/origin.ts';
import { currentTransaction, requireTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';

/**
 * Grants are made by our own consent (`authorization/approve.ts`), never saved by the provider.
 * `destroy` is how the provider ends one: at the revocation endpoint, and when a used code or
 * refresh token comes again.
 */
export function grantAdapter(deps: AdapterDeps): PartialAdapter {
  return {
    find: async (id) => {
      const grant = await findGrant(currentTransaction() ?? deps.db, id);
      if (grant === undefined || grant.revocationReason !== undefined) {
        return undefined;
      }
      return {
        jti: id,
        kind: 'Grant',
        accountId: grant.userId,
        clientId: grant.clientId,
        openid: { scope: grant.scopes.join(' ') },
      };
    },
    destroy: async (id) => {
      await revokeGrant(requireTransaction(), id, revocationOfRequest());
    },
  };
}

function revocationOfRequest(): Revocation {
  const ctx = Provider.ctx;
  const origin = ctx && originOf(ctx);
  return ctx?.oidc.route === 'revocation'
    ? { reason: 'revoked_by_client', actor: `client:${ctx.oidc.client?.clientId ?? ''}`, origin }
    : { reason: 'reuse_detected', actor: 'system', origin };
}
