import { errors, Provider } from 'oidc-provider';
import type { RevocationReason } from '../grants/grant.ts';
import { type Revocation, revokeGrant } from '../grants/revoke.ts';
import { findGrant } from '../grants/store.ts';
import { originOf } from '../http/origin.ts';
import { currentTransaction, requireTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { takeKnown } from './known-rows.ts';
import { toEpoch } from './time.ts';

/**
 * Grants are made by our own consent (`authorization/approve.ts`), never saved by the provider.
 * `destroy` is how the provider ends one: at the revocation endpoint, and when a used code or
 * refresh token comes again.
 */
export function grantAdapter(deps: AdapterDeps): PartialAdapter {
  return {
    find: async (id) => {
      const known = takeKnown('grant', id);
      const grant = known?.row ?? (await findGrant(currentTransaction() ?? deps.db, id));
      if (grant?.revocationReason) {
        return refuseEnded(grant.clientId, grant.revocationReason);
      }
      if (grant === undefined) {
        return undefined;
      }
      return {
        jti: id,
        kind: 'Grant',
        accountId: grant.userId,
        clientId: grant.clientId,
        ...(grant.endsAt === null ? {} : { exp: toEpoch(grant.endsAt) }),
        openid: { scope: stillPossible(grant.scopes).join(' ') },
      };
    },
    destroy: async (id) => {
      await revokeGrant(requireTransaction(), id, revocationOfRequest());
    },
  };
}

/**
 * Refuses a grant that ended after its token was read, with the reason, as `token-adapters.ts` does
 * before.
 */
function refuseEnded(clientId: string, reason: RevocationReason): undefined {
  const ctx = Provider.ctx;
  if (ctx?.oidc.route === 'token' && ctx.oidc.client?.clientId === clientId) {
    throw new errors.InvalidGrant(reason);
  }
  return undefined;
}

/**
 * Without the scopes that the application lost since: no new token carries them.
 * @throws InvalidScope where a token is asked for and none is left
 */
function stillPossible(scopes: readonly string[]): string[] {
  const ctx = Provider.ctx;
  const possible = ctx?.oidc.client?.scope?.split(' ');
  const left = scopes.filter((scope) => possible?.includes(scope) ?? true);
  if (left.length === 0 && ctx?.oidc.route === 'token') {
    throw new errors.InvalidScope(
      'the application may no longer ask for any scope of this grant',
      scopes.join(' '),
    );
  }
  return left;
}

function revocationOfRequest(): Revocation {
  const ctx = Provider.ctx;
  const origin = ctx && originOf(ctx);
  return ctx?.oidc.route === 'revocation'
    ? { reason: 'revoked_by_client', actor: `client:${ctx.oidc.client?.clientId ?? ''}`, origin }
    : { reason: 'reuse_detected', actor: 'system', origin };
}
