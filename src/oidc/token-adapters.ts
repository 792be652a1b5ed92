import { type AdapterPayload, errors, Provider } from 'oidc-provider';
import { originOf } from '../http/origin.ts';
import { consume, type Presented } from '../tokens/consume.ts';
import { findAccessToken, findRefreshToken } from '../tokens/find.ts';
import { findCode, issueAccessToken, issueCode, issueRefreshToken } from '../tokens/store.ts';
import type { FoundToken, NewToken, RedeemableToken } from '../tokens/token.ts';
import {
  currentTransaction,
  requireFamily,
  requireTransaction,
  setFamily,
} from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { isRedemptionOf, refuseAtToken, refuseChanged } from './refuse-at-token.ts';
import { fromEpoch, nowEpoch, toEpoch } from './time.ts';

/**
 * Ending a grant is one update, and `Grant.destroy` makes it; the provider asks for these beside
 * it, a model at a time.
 */
const ENDED_BY_THE_GRANT = {
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

/** Authorization codes. */
export function codeAdapter({ db, config }: AdapterDeps): PartialAdapter {
  return {
    ...ENDED_BY_THE_GRANT,
    upsert: (id, payload) =>
      issueCode(requireTransaction(), {
        ...newToken(id, payload),
        redirectUri: payload.redirectUri ?? '',
        codeChallenge: payload.codeChallenge,
      }),
    find: async (id) => {
      const found = await findCode(currentTransaction() ?? db, id);
      if (found === undefined) {
        return undefined;
      }
      await refuseAtToken(found, 'code', isRedemptionOf(found));
      refuseChanged(found);
      return {
        ...grantSource(id, 'AuthorizationCode', found),
        redirectUri: found.redirectUri,
        ...(found.jkt === undefined ? {} : { dpopJkt: found.jkt }),
        ...(found.codeChallenge === undefined
          ? {}
          : { codeChallenge: found.codeChallenge, codeChallengeMethod: 'S256' }),
      };
    },
    consume: (id) => useUp('code', id, config.refreshTokenTtl),
  };
}

/** Refresh tokens. */
export function refreshTokenAdapter({ db, config }: AdapterDeps): PartialAdapter {
  return {
    ...ENDED_BY_THE_GRANT,
    upsert: (id, payload) =>
      issueRefreshToken(requireTransaction(), {
        ...newToken(id, payload),
        familyId: requireFamily(),
        rotations: payload.rotations ?? 0,
        firstIssuedAt: fromEpoch(payload.iiat ?? nowEpoch()),
      }),
    find: async (id) => {
      const found = await findRefreshToken(currentTransaction() ?? db, id);
      if (found === undefined) {
        return undefined;
      }
      await refuseAtToken(found, 'refresh_token', () => true);
      return {
        ...grantSource(id, 'RefreshToken', found),
        gty: 'authorization_code refresh_token',
        rotations: found.rotations,
        iiat: toEpoch(found.firstIssuedAt),
        ...(found.jkt === undefined ? {} : { jkt: found.jkt }),
      };
    },
    consume: (id) => useUp('refresh_token', id, config.refreshTokenTtl),
  };
}

/**
 * Access tokens. The provider looks one up only to revoke it (introspection is ours, there is no
 * userinfo), so one is found in whatever state it is: an expired or superseded token still names
 * the grant that its client wants to end.
 */
export function accessTokenAdapter({ db }: AdapterDeps): PartialAdapter {
  return {
    ...ENDED_BY_THE_GRANT,
    upsert: (id, payload) =>
      issueAccessToken(requireTransaction(), {
        ...newToken(id, payload),
        familyId: requireFamily(),
      }),
    find: async (id) => {
      const found = await findAccessToken(currentTransaction() ?? db, id);
      return found && foundToken(id, 'AccessToken', found);
    },
  };
}

function newToken(value: string, payload: AdapterPayload): NewToken {
  if (payload.grantId === undefined || payload.exp === undefined) {
    throw new Error('a token needs a grant and an end');
  }
  return {
    value,
    grantId: payload.grantId,
    scopes: payload.scope?.split(' ').filter((scope) => scope !== '') ?? [],
    // A code has the second name.
    jkt: payload.jkt ?? payload.dpopJkt,
    issuedAt: fromEpoch(payload.iat ?? nowEpoch()),
    expiresAt: fromEpoch(payload.exp),
  };
}

/** Without `exp`: the callers have already checked the expiry. */
function foundToken(jti: string, kind: string, found: FoundToken): AdapterPayload {
  return {
    jti,
    kind,
    accountId: found.userId,
    clientId: found.clientId,
    grantId: found.grantId,
    scope: found.scopes.join(' '),
    iat: toEpoch(found.issuedAt),
  };
}

/**
 * A code or refresh token for the provider. At the revocation endpoint, one that can't be used any
 * more is as good as another.
 */
function grantSource(jti: string, kind: string, found: RedeemableToken): AdapterPayload {
  return {
    ...foundToken(jti, kind, found),
    ...(Provider.ctx?.oidc.route === 'token' ? { exp: toEpoch(found.expiresAt) } : {}),
    ...(found.consumed ? { consumed: true } : {}),
  };
}

async function useUp(kind: Presented['kind'], value: string, lifetime: number): Promise<void> {
  const origin = Provider.ctx && originOf(Provider.ctx);
  const grantExpiresAt = fromEpoch(nowEpoch() + lifetime);
  const consumption = await consume(requireTransaction(), { kind, value, origin }, grantExpiresAt);
  if (consumption.outcome === 'refused') {
    throw new errors.InvalidGrant(consumption.reason);
  }
  setFamily(consumption.familyId);
}
